import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, duration, metric } from '../../design/numbers.ts';
import { Older } from '../../design/older.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { dayOf, shiftDay, spanOfDay } from './days.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries, type ServedRow, type Span } from './deployments-api.ts';
import { OpenRow } from './open-row.tsx';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const text = words.deployments.predictions;

/** What was answered: by day, or over the window that the address names (`from`, `to`, and a value of a column). */
export function PredictionsTab({ project, deployment }: Props) {
  const served = useQuery(deploymentQueries.served(project, deployment.name));
  return (
    <Part of={served} height={300}>
      {({ last_ms }) =>
        last_ms === null ? (
          <Card>
            <Empty sentence={text.nothing} />
          </Card>
        ) : (
          <Window project={project} deployment={deployment} last_ms={last_ms} />
        )
      }
    </Part>
  );
}

function Window({ project, deployment, last_ms }: Props & { readonly last_ms: number }) {
  const { zone, when } = useWhen();
  const [view, setView] = useView({ day: '', from: 0, to: 0 });
  const newest = dayOf(last_ms, zone);
  const day = spanOfDay(view.day, zone) ? view.day : newest;
  const named = view.to > view.from ? { from_ms: view.from, to_ms: view.to } : undefined;
  const span = named ?? spanOfDay(day, zone) ?? { from_ms: last_ms };
  const toDay = (next: string) => setView({ day: next === newest ? '' : next, from: 0, to: 0 });
  return (
    <>
      <Card>
        {named ? (
          <div className={styles['tools']}>
            <span className="number">{text.window(when(named.from_ms), when(named.to_ms))}</span>
            <Button variant="default" onClick={() => toDay(dayOf(named.to_ms - 1, zone))}>
              {text.wholeDay}
            </Button>
          </div>
        ) : (
          <div className={styles['tools']}>
            <TextInput type="date" label={text.day} value={day} max={newest} onChange={(event) => toDay(event.currentTarget.value)} />
            <Button variant="default" onClick={() => toDay(shiftDay(day, -1))}>
              {text.before}
            </Button>
            <Button variant="default" disabled={day >= newest} onClick={() => toDay(shiftDay(day, 1))}>
              {text.after}
            </Button>
            {day !== newest && (
              <Button variant="subtle" onClick={() => toDay(newest)}>
                {text.newest}
              </Button>
            )}
          </div>
        )}
      </Card>
      <Rows project={project} deployment={deployment} span={span} />
    </>
  );
}

function Rows({ project, deployment, span }: Props & { readonly span: Span }) {
  const [view, setView] = useView({ row: '', column: '', value: '' });
  const asked = useInfiniteQuery(deploymentQueries.rows(project, deployment.name, span));
  return (
    <Part of={asked} height={300}>
      {({ pages }) => {
        const loaded = pages.flatMap(({ items }) => items);
        const rows = view.column === '' ? loaded : loaded.filter(({ body }) => String(body?.[view.column]) === view.value);
        const open = rows.find(({ id }) => id === view.row);
        return (
          <>
            {open && <OpenRow row={open} onClose={() => setView({ row: '' })} />}
            <Card title={text.title} note={(asked.hasNextPage ? text.shown : text.all)(count(loaded.length))} flush>
              {view.column !== '' && (
                <div className={styles['foot']}>
                  <bdi className="name">{text.only(view.column, view.value)}</bdi>
                  <span className="muted small">{text.matching(count(rows.length), count(loaded.length))}</span>
                  <Button size="compact-xs" variant="default" onClick={() => setView({ column: '', value: '' })}>
                    {text.everyRow}
                  </Button>
                </div>
              )}
              {rows.length === 0 ? (
                <Empty sentence={text.none} />
              ) : (
                <Table
                  label={text.title}
                  rows={rows}
                  keyOf={({ id }) => id}
                  columns={columnsOf((row) => setView({ row }))}
                  chosen={({ id }) => id === view.row}
                />
              )}
              <Older of={asked} label={text.more} />
            </Card>
          </>
        );
      }}
    </Part>
  );
}

export const statusKinds: Readonly<Record<ServedRow['status'], StatusKind>> = { ok: 'good', refused: 'warn', failed: 'bad' };

function columnsOf(onOpen: (id: string) => void) {
  return [
    { key: 'time', title: text.columns.time, cell: ({ event_time_ms }: ServedRow) => <Moment at_ms={event_time_ms} /> },
    {
      key: 'id',
      title: text.columns.id,
      cell: ({ id }: ServedRow) => (
        <button type="button" className={`${styles['rowButton']} name`} aria-label={text.open(id)} onClick={() => onOpen(id)}>
          {id}
        </button>
      ),
    },
    {
      key: 'version',
      title: text.columns.version,
      cell: ({ version }: ServedRow) => (version === null ? '–' : words.common.version(version)),
    },
    { key: 'answer', title: text.columns.answer, cell: ({ label }: ServedRow) => <bdi className="name">{label ?? '–'}</bdi> },
    { key: 'score', title: text.columns.score, number: true, cell: ({ score }: ServedRow) => metric(score) },
    { key: 'outcome', title: text.columns.outcome, cell: (row: ServedRow) => <Outcome row={row} /> },
    {
      key: 'warnings',
      title: text.columns.warnings,
      number: true,
      cell: ({ warnings }: ServedRow) => (warnings.length === 0 ? '–' : <span title={warnings.join('\n')}>{count(warnings.length)}</span>),
    },
    { key: 'latency', title: text.columns.latency, number: true, cell: ({ latency_us }: ServedRow) => duration(latency_us / 1000) },
    {
      key: 'status',
      title: text.columns.status,
      cell: ({ status }: ServedRow) => <Status kind={statusKinds[status]}>{text.statuses[status]}</Status>,
    },
  ];
}

function Outcome({ row: { outcome, label } }: { readonly row: ServedRow }) {
  if (!outcome) return <span className="muted">{text.noOutcome}</span>;
  return (
    <>
      <bdi className="name">{outcome.value}</bdi>
      {label !== null && <span className="small muted"> {outcome.value === label ? text.right : text.wrong}</span>}
    </>
  );
}
