import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../client/client.ts';
import { words } from '../words/index.ts';
import type { PlaceName } from './places.ts';
import styles from './shell.module.css';

/** Open incidents above `watch`: an investigation entry is listed and never counted. */
const incidentsQuery = (project: string) =>
  queryOptions({
    queryKey: ['monitors', project, 'open'],
    queryFn: async ({ signal }) => {
      const query = { severity: 'incident', state: 'open', limit: 200 } as const;
      return (await client.monitors.incidents({ params: { project }, query, signal })).items.length;
    },
  });

/** Approvals that wait, and that the reader is not excluded from. */
const questionsQuery = (project: string) =>
  queryOptions({
    queryKey: ['approvals', project, 'mine'],
    queryFn: async ({ signal }) => {
      const [{ items }, me] = await Promise.all([
        client.approvals.list({ params: { project }, query: { state: 'requested' }, signal }),
        client.access.me({ signal }),
      ]);
      return items.filter(({ excluded }) => me.person === null || !excluded.includes(me.person)).length;
    },
  });

/** What needs a person, beside its place: red for incidents, violet for what waits for the reader. */
export function Badge({ place, project }: { readonly place: PlaceName; readonly project: string }) {
  if (place === 'monitors') return <Incidents project={project} />;
  if (place === 'questions') return <Questions project={project} />;
  return null;
}

function Incidents({ project }: { readonly project: string }) {
  const amount = useQuery(incidentsQuery(project)).data ?? 0;
  return amount === 0 ? null : <Count amount={amount} kind="red" label={words.shell.openIncidents(amount)} />;
}

function Questions({ project }: { readonly project: string }) {
  const amount = useQuery(questionsQuery(project)).data ?? 0;
  return amount === 0 ? null : <Count amount={amount} kind="violet" label={words.shell.waitsForYou(amount)} />;
}

function Count({ amount, kind, label }: { readonly amount: number; readonly kind: 'red' | 'violet'; readonly label: string }) {
  return (
    <b className={`${styles['badge']} ${styles[kind]}`} title={label}>
      <span aria-hidden="true">{amount}</span>
      <span className={styles['heard']}>{label}</span>
    </b>
  );
}
