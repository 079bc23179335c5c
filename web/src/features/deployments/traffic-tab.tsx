import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, duration, share } from '../../design/numbers.ts';
import { Meter, Traffic } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { type Deployment, deploymentQueries, type Served } from './deployments-api.ts';
import { partsOf, rowsByVersion, type VersionRows } from './traffic.ts';

const day_ms = 86_400_000;
const hour_ms = 3_600_000;
const ranges = { '1d': day_ms, '7d': 7 * day_ms, '30d': 30 * day_ms, all: Number.POSITIVE_INFINITY } as const;
type RangeName = keyof typeof ranges;
const text = words.deployments.traffic;

/** Who was answered by which version, and how that ended. */
export function TrafficTab({ project, deployment }: { readonly project: string; readonly deployment: Deployment }) {
  const [view, setView] = useView({ range: '7d' });
  const { now_ms } = useWhen();
  const range: RangeName = view.range in ranges ? (view.range as RangeName) : '7d';
  const to_ms = Math.ceil(now_ms / hour_ms) * hour_ms;
  const asked = useQuery(deploymentQueries.served(project, deployment.name, { from_ms: Math.max(0, to_ms - ranges[range]) }));
  return (
    <Columns widths="minmax(0, 2.2fr) minmax(0, 1fr)">
      <Card
        title={text.title}
        {...(asked.data ? { note: words.common.rows(count(rowsIn(asked.data))) } : {})}
        action={
          <SegmentedControl
            size="xs"
            aria-label={text.range}
            value={range}
            onChange={(next) => setView({ range: next })}
            data={Object.entries(text.ranges).map(([value, label]) => ({ value, label }))}
          />
        }
        flush
      >
        <Part of={asked}>{(served) => <Rows served={served} />}</Part>
      </Card>
      <Stack>
        <Now deployment={deployment} />
        <Limits deployment={deployment} />
      </Stack>
    </Columns>
  );
}

const rowsIn = ({ counts }: Served) => counts.reduce((sum, { rows }) => sum + rows, 0);

function Rows({ served: { counts } }: { readonly served: Served }) {
  const rows = rowsByVersion(counts);
  if (rows.length === 0) return <Empty sentence={text.none} />;
  return <Table label={text.title} rows={rows} keyOf={({ version }) => String(version)} columns={columns} />;
}

const columns = [
  {
    key: 'version',
    title: text.columns.version,
    cell: ({ version }: VersionRows) => (version === null ? text.noVersion : words.common.version(version)),
  },
  { key: 'rows', title: text.columns.rows, number: true, cell: ({ rows }: VersionRows) => count(rows) },
  {
    key: 'bar',
    title: text.columns.share,
    cell: (row: VersionRows) => <Meter label={share(row.share)} share={row.share} />,
  },
  { key: 'share', title: '', number: true, cell: (row: VersionRows) => share(row.share) },
  { key: 'ok', title: text.columns.ok, number: true, cell: ({ ok }: VersionRows) => count(ok) },
  { key: 'refused', title: text.columns.refused, number: true, cell: ({ refused }: VersionRows) => count(refused) },
  { key: 'failed', title: text.columns.failed, number: true, cell: ({ failed }: VersionRows) => count(failed) },
  {
    key: 'truth',
    title: text.columns.truth,
    number: true,
    cell: ({ ok, outcomes }: VersionRows) => share(ok === 0 ? null : outcomes / ok),
  },
];

function Now({ deployment: { split, champion } }: { readonly deployment: Deployment }) {
  if (split.length === 0) return null;
  return (
    <Card title={text.now}>
      <Traffic label={text.bar(split.map((one) => text.part(one.version, share(one.share))).join(', '))} parts={partsOf(split, champion)} />
      <p className="small muted" style={{ marginTop: 6 }}>
        {text.split}
      </p>
    </Card>
  );
}

function Limits({ deployment: { definition } }: { readonly deployment: Deployment }) {
  const { concurrent, queue, deadline_ms, per_day } = definition.limits;
  const facts = [
    [text.concurrent, concurrent, count],
    [text.queue, queue, count],
    [text.deadline, deadline_ms, duration],
    [text.perDay, per_day, count],
  ] as const;
  const set = facts.filter(([, value]) => value !== undefined);
  return (
    <Card title={text.limits}>
      {set.length === 0 ? (
        <p className="second">{text.unlimited}</p>
      ) : (
        <Facts facts={set.map(([name, value, write]) => [name, write(value)])} />
      )}
    </Card>
  );
}
