import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { Page } from '../../design/page.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { modelsQueries } from './models-api.ts';

/** A model is its versions: goes to the champion, or where there is none to the newest. */
export function ModelPage() {
  const { project, model } = useNames('project', 'model');
  const asked = useQuery(modelsQueries.versions(project, model));
  const listed = useQuery(modelsQueries.list(project));
  const known = listed.data?.find(({ name }) => name === model);
  return (
    <Part of={asked}>
      {([newest]) => {
        if (newest && listed.isPending) return null;
        const to = known?.aliases['champion'] ?? newest?.number;
        if (to !== undefined) {
          return (
            <Navigate
              to="/p/$project/models/$model/versions/$version"
              params={{ project, model, version: String(to) }}
              search={(before: object) => before}
              replace
            />
          );
        }
        return (
          <Page title={model}>
            <Card>
              <Empty sentence={words.models.list.noVersions}>
                <code>{words.models.list.emptyLine}</code>
              </Empty>
            </Card>
          </Page>
        );
      }}
    </Part>
  );
}
