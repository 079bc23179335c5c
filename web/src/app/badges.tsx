import { useQuery } from '@tanstack/react-query';
import { useMe, useProject } from '../features/access/access-api.ts';
import { approvalsQuery } from '../features/approvals/approvals-api.ts';
import { sorted } from '../features/approvals/standing.ts';
import { monitorQueries } from '../features/monitors/monitors-api.ts';
import { words } from '../words/index.ts';
import type { PlaceName } from './places.ts';
import styles from './shell.module.css';

/** What needs a person, beside its place: red for incidents, violet for what waits for the reader. */
export function Badge({ place, project }: { readonly place: PlaceName; readonly project: string }) {
  if (place === 'monitors') return <Incidents project={project} />;
  if (place === 'questions') return <Questions project={project} />;
  return null;
}

/** Investigation entries are listed and never counted. */
function Incidents({ project }: { readonly project: string }) {
  const amount = useQuery(monitorQueries.open(project, 'incident')).data?.length ?? 0;
  return amount === 0 ? null : <Count amount={amount} kind="red" label={words.shell.openIncidents(amount)} />;
}

/** Approvals that wait, and that the reader is not excluded from. */
function Questions({ project }: { readonly project: string }) {
  const waiting = useQuery(approvalsQuery(project, 'requested')).data;
  const me = useMe().data;
  const mayApprove = useProject(project).permissions.includes('approve');
  const amount = waiting && me ? sorted(waiting, { person: me.person, mayApprove }).mine.length : 0;
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
