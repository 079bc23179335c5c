import { Card } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { count, duration, metric, share } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import styles from './deployments.module.css';
import type { GuardEvidence, Rollout } from './deployments-api.ts';
import { type GuardSeries, guardName, guardSeries, lastJudged, stepBegan } from './rollout-view.ts';

const text = words.deployments.guards;
const kinds: Readonly<Record<GuardEvidence['result'], StatusKind>> = { holds: 'good', breached: 'bad', short: 'neutral' };

/** Errors are shares, latencies times, all else a metric. */
function written(guard: string): (value: number | null) => string {
  if (guard === 'errors') return share;
  return guard === 'latency' ? duration : metric;
}

/** Guards that were looked at more than once, both versions at each look. */
export function GuardCharts({ rollout }: { readonly rollout: Rollout }) {
  const series = guardSeries(rollout);
  if (series.length === 0) return null;
  return (
    <div className={styles['three']}>
      {series.map((one) => (
        <GuardChart key={one.guard} rollout={rollout} series={one} />
      ))}
    </div>
  );
}

function GuardChart({ rollout, series }: { readonly rollout: Rollout; readonly series: GuardSeries }) {
  const { guard, at_ms, champion, challenger, latest } = series;
  const write = written(guard);
  const marks = rollout.plan.steps.flatMap((part, index) => {
    const x = index === 0 ? undefined : stepBegan(rollout, index);
    return x === undefined ? [] : [{ x, label: share(part) }];
  });
  return (
    <Card title={guardName(guard)} action={<Status kind={kinds[latest.result]}>{text.results[latest.result]}</Status>}>
      <p className={`${styles['values']} number`}>
        <span>
          {text.version(rollout.displaced)} <b>{write(latest.champion)}</b>
        </span>
        <span>
          {text.version(rollout.version)} <b>{write(latest.challenger)}</b>
        </span>
      </p>
      <p className="small muted">{text.lines[guard] ?? ''}</p>
      <LineChart
        label={text.chart(guardName(guard), write(latest.champion), write(latest.challenger))}
        x={at_ms}
        time
        height={150}
        format={write}
        cursor="guards"
        lines={[
          { name: text.version(rollout.displaced), color: 'c1', values: champion },
          { name: text.version(rollout.version), color: 'c2', dashed: true, values: challenger },
        ]}
        marks={marks}
      />
      <p className={`${styles['limit']} small`}>{text.limitIs(latest.limit)}</p>
    </Card>
  );
}

interface Row {
  readonly guard: string;
  readonly evidence: GuardEvidence | undefined;
}

/** Every guard of the plan, as it was judged last. */
export function GuardTable({ rollout }: { readonly rollout: Rollout }) {
  const { when } = useWhen();
  const last = lastJudged(rollout);
  const named = [...new Set([...rollout.plan.guard, ...(last?.guards ?? []).map(({ guard }) => guard)])];
  const rows: Row[] = named.map((guard) => ({ guard, evidence: last?.guards.find((one) => one.guard === guard) }));
  return (
    <Card title={text.title} note={last ? text.judged(when(last.at_ms)) : text.notJudged} flush>
      {rows.length === 0 ? (
        <Empty sentence={text.none} />
      ) : (
        <Table label={text.title} rows={rows} keyOf={({ guard }) => guard} columns={columnsOf(rollout)} />
      )}
    </Card>
  );
}

function columnsOf({ version, displaced }: Rollout) {
  return [
    { key: 'guard', title: text.columns.guard, cell: (row: Row) => <Name {...row} /> },
    { key: 'old', title: text.version(displaced), number: true, cell: (row: Row) => <Value {...row} of="champion" /> },
    { key: 'new', title: text.version(version), number: true, cell: (row: Row) => <Value {...row} of="challenger" /> },
    {
      key: 'state',
      title: text.columns.state,
      cell: ({ evidence }: Row) => (
        <Status kind={evidence ? kinds[evidence.result] : 'neutral'}>{text.results[evidence?.result ?? 'none']}</Status>
      ),
    },
  ];
}

function Name({ guard, evidence }: Row) {
  return (
    <>
      {guardName(guard)}
      {evidence && <div className={`${styles['limit']} small`}>{evidence.limit}</div>}
    </>
  );
}

function Value({ guard, evidence, of }: Row & { readonly of: 'champion' | 'challenger' }) {
  if (!evidence) return '–';
  return (
    <>
      {written(guard)(evidence[of])}
      <div className="small muted">{words.common.rows(count(evidence[`${of}_rows`]))}</div>
    </>
  );
}
