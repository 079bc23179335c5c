import { SlipwayApiError } from '@slipway/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { client } from '../client/client.ts';
import { Card } from '../design/card.tsx';
import { Page } from '../design/page.tsx';
import { Part } from '../design/state.tsx';
import { words } from '../words/index.ts';
import { type LinkedThing, pageOf } from './mlflow-link.ts';
import { NotFound } from './problem-pages.tsx';
import styles from './shell.module.css';

/** Leads to our page of what a link of the MLflow client names. Its links do not say the project, so the reader's are asked. */
export function MlflowLinkPage({ thing }: { readonly thing: LinkedThing }) {
  const asked = useQuery({ queryKey: ['access', 'linked', thing], queryFn: ({ signal }) => projectsWith(thing, signal), staleTime: 0 });
  const path = pageOf(thing);
  const [first, ...others] = asked.data ?? [];
  if (asked.data && first === undefined) return <NotFound />;
  if (first !== undefined && others.length === 0) {
    return <Navigate to={`/p/$project${path}` as '/p/$project'} params={{ project: first }} replace />;
  }
  return (
    <main className={styles['alone']}>
      <Page title={words.shell.linked} sentence={asked.data && words.shell.linkedSentence}>
        <Card>
          <Part of={asked}>
            {(projects) => (
              <ul className={styles['linked']}>
                {projects.map((project) => (
                  <li key={project}>
                    <Link to={`/p/$project${path}` as '/p/$project'} params={{ project }} className="name">
                      {project}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Part>
        </Card>
      </Page>
    </main>
  );
}

/** Ids are of the whole server, so the first project that has one is the only one; names of models are of a project. */
async function projectsWith(thing: LinkedThing, signal: AbortSignal): Promise<string[]> {
  const { projects } = await client.access.listProjects({ signal });
  const found: string[] = [];
  for (const { name: project } of projects) {
    if (thing.workspace !== null && thing.workspace !== project) continue;
    if (!(await isIn(project, thing, signal))) continue;
    found.push(project);
    if (thing.kind !== 'model') break;
  }
  return found;
}

async function isIn(project: string, thing: LinkedThing, signal: AbortSignal): Promise<boolean> {
  const params = { project };
  try {
    if (thing.kind === 'run') await client.runs.get({ params: { project, run: thing.run }, signal });
    else if (thing.kind === 'model') await client.models.versions({ params: { project, model: thing.model }, signal });
    else return (await client.runs.listExperiments({ params, signal })).items.some(({ id }) => id === thing.experiment);
    return true;
  } catch (error) {
    if (error instanceof SlipwayApiError && error.status === 404) return false;
    throw error;
  }
}
