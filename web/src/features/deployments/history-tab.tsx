import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/card.tsx';
import { duration } from '../../design/numbers.ts';
import { Older } from '../../design/older.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import type { AuditEvent } from '../audit/audit-api.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries, type Rollout } from './deployments-api.ts';
import { useInfiniteEvents } from './use-events.ts';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const text = words.deployments.history;
/** As many as the API lists. */
const listed = 100;

export function HistoryTab({ project, deployment }: Props) {
  const asked = useQuery(deploymentQueries.rollouts(project, deployment.name));
  return (
    <>
      <Part of={asked} height={240}>
        {(rollouts) => (
          <Card title={text.title} note={rollouts.length < listed ? text.all : text.newest(rollouts.length)} flush>
            {rollouts.length === 0 ? (
              <Empty sentence={text.none} />
            ) : (
              <Table
                label={text.title}
                rows={rollouts.map((rollout) => ({ project, rollout }))}
                keyOf={({ rollout }) => String(rollout.number)}
                columns={columns}
              />
            )}
          </Card>
        )}
      </Part>
      <Events project={project} deployment={deployment} />
    </>
  );
}

interface Row {
  readonly project: string;
  readonly rollout: Rollout;
}

const kinds: Readonly<Record<Rollout['state'], StatusKind>> = {
  rolling: 'running',
  waiting: 'warn',
  promoted: 'good',
  'rolled back': 'bad',
  superseded: 'neutral',
};

const columns = [
  {
    key: 'number',
    title: text.columns.number,
    cell: ({ project, rollout: { deployment, number } }: Row) => (
      <Link to="/p/$project/deployments/$deployment" params={{ project, deployment }} search={{ rollout: number } as never}>
        <span className={styles['nowrap']}>{text.open(number)}</span>
      </Link>
    ),
  },
  { key: 'version', title: text.columns.version, cell: ({ rollout }: Row) => words.common.version(rollout.version) },
  {
    key: 'from',
    title: text.columns.from,
    cell: ({ rollout: { displaced } }: Row) => (displaced === null ? '–' : words.common.version(displaced)),
  },
  {
    key: 'state',
    title: text.columns.state,
    cell: ({ rollout: { state } }: Row) => <Status kind={kinds[state]}>{words.deployments.rolloutStates[state]}</Status>,
  },
  { key: 'started', title: text.columns.started, cell: ({ rollout }: Row) => <Moment at_ms={rollout.started_ms} /> },
  {
    key: 'lasted',
    title: text.columns.lasted,
    number: true,
    cell: ({ rollout: { started_ms, ended_ms } }: Row) => (ended_ms === null ? '–' : duration(ended_ms - started_ms)),
  },
  {
    key: 'why',
    title: text.columns.why,
    cell: ({ rollout }: Row) => <span className="name small second">{rollout.evidence.at(-1)?.text}</span>,
  },
];

function Events({ project, deployment }: Props) {
  const { asked, events } = useInfiniteEvents(project, deployment.name);
  return (
    <Part of={asked} height={200}>
      {() => (
        <Card title={text.events} note={text.eventsNote} flush>
          {events.length === 0 ? (
            <Empty sentence={text.noEvents} />
          ) : (
            <Table label={text.events} rows={events} keyOf={({ number }) => String(number)} columns={eventColumns} />
          )}
          <Older of={asked} />
        </Card>
      )}
    </Part>
  );
}

const eventColumns = [
  { key: 'at', title: text.eventColumns.at, cell: ({ at_ms }: AuditEvent) => <Moment at_ms={at_ms} /> },
  { key: 'what', title: text.eventColumns.what, cell: ({ note, type }: AuditEvent) => <span className="name">{note ?? type}</span> },
  {
    key: 'who',
    title: text.eventColumns.who,
    cell: ({ caller }: AuditEvent) =>
      caller.kind === 'job' ? (
        <span className="second">{words.deployments.happened.itself}</span>
      ) : (
        <bdi className="name second">{caller.name}</bdi>
      ),
  },
];
