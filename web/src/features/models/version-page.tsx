import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useNames, useView } from '../../client/view.ts';
import { useSingleKeys } from '../../design/grid/single-keys.ts';
import { count } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { together } from '../../design/together.ts';
import { words } from '../../words/index.ts';
import { AliasIcon } from './alias-icon.tsx';
import { CardTab } from './card-tab.tsx';
import { type ModelFacts, useModelFacts } from './model-facts.ts';
import styles from './models.module.css';
import { modelsQueries } from './models-api.ts';
import { OverviewTab } from './overview-tab.tsx';
import { PolicyTab } from './policy-tab.tsx';
import { ServedTab } from './served-tab.tsx';
import { SignatureTab } from './signature-tab.tsx';
import { VersionActions } from './version-actions.tsx';
import { standingOfVersion } from './version-tab.ts';

const tabNames = ['overview', 'served', 'card', 'signature', 'policy'] as const;
type TabName = (typeof tabNames)[number];

/** May this version go to production, and who says so? */
export function VersionPage() {
  const { project, model, version: text } = useNames('project', 'model', 'version');
  const number = Number(text);
  const [view, setView] = useView({ tab: 'overview' });
  const open = tabNames.find((name) => name === view.tab) ?? 'overview';
  const asked = useQuery(modelsQueries.version(project, model, number));
  const known = useModelFacts(project, model);
  useKeys(project, model, number, known.data);
  const page = together([asked, known], ([version, facts]) => ({ project, version, facts }));
  return (
    <Page
      title={words.models.title(model, number)}
      marks={known.data && <Marks number={number} facts={known.data} />}
      // The overview says it in its verdict.
      sentence={page.data && open !== 'overview' ? standingOfVersion(page.data.version, page.data.facts).sentence : undefined}
      actions={page.data && <VersionActions {...page.data} />}
      tabs={
        <Tabs<TabName>
          tabs={tabNames.map((name) => ({ name, label: words.models.tabs[name] }))}
          open={open}
          onOpen={(tab) => setView({ tab })}
        />
      }
    >
      <Part of={page} height={480}>
        {(props) => {
          if (open === 'served') return <ServedTab {...props} />;
          if (open === 'card') return <CardTab {...props} />;
          if (open === 'signature') return <SignatureTab {...props} />;
          if (open === 'policy') return <PolicyTab {...props} />;
          return <OverviewTab {...props} />;
        }}
      </Part>
    </Page>
  );
}

/** Aliases of the model, how many versions it has, and whose it is. */
function Marks({ number, facts }: { readonly number: number; readonly facts: ModelFacts }) {
  const { model, versions } = facts;
  const known = [
    ...(versions.length > 0 ? [words.models.versions(count(versions.length))] : []),
    ...(model?.definition.owner ? [words.models.owner(model.definition.owner)] : []),
  ];
  return (
    <>
      {Object.entries(model?.aliases ?? {}).map(([alias, to]) => (
        <Mark key={alias} accent={to === number}>
          <AliasIcon alias={alias} />
          {words.models.alias(alias, to)}
        </Mark>
      ))}
      <span className={`${styles['facts']} second small name`}>{known.join(', ')}</span>
    </>
  );
}

/** `[` and `]` go to the version before and after, `A` to the approval that waits. */
function useKeys(project: string, model: string, number: number, facts: ModelFacts | undefined): void {
  const navigate = useNavigate();
  const waiting = facts?.approvals.find((one) => one.version === number && one.state === 'requested');
  const numbers = (facts?.versions ?? []).map((one) => one.number).toSorted((a, b) => a - b);
  const go = (to: number | undefined) => {
    if (to === undefined) return;
    void navigate({
      to: '/p/$project/models/$model/versions/$version',
      params: { project, model, version: String(to) },
      search: (before: object) => before,
    });
  };
  useSingleKeys({
    '[': () => go(numbers.findLast((one) => one < number)),
    ']': () => go(numbers.find((one) => one > number)),
    a: () => {
      if (waiting) void navigate({ to: '/p/$project/questions/approvals/$approval', params: { project, approval: waiting.id } });
    },
  });
}
