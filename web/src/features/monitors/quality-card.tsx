import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { count, metric as written } from '../../design/numbers.ts';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { estimateBias, lastKnown, limitsOf, metricsOf, type QualitySeries, qualitySeries } from './monitor-view.ts';
import styles from './monitors.module.css';
import type { Monitor, Result } from './monitors-api.ts';

const text = words.monitors.quality;

interface Props {
  readonly project: string;
  readonly monitor: Monitor;
  readonly results: readonly Result[];
  /** The metric that is shown while the address names none. */
  readonly usual?: string;
}

/** One metric over the windows: realised, estimated, its limit, and where versions went live. */
export function QualityCard({ project, monitor, results, usual = '' }: Props) {
  const [view, setView] = useView({ metric: '' });
  const metrics = metricsOf(monitor.definition, results);
  const metric = [view.metric, usual].find((one) => metrics.includes(one)) ?? metrics[0];
  const rollouts = useQuery(deploymentQueries.rollouts(project, monitor.definition.deployment)).data ?? [];
  if (metric === undefined) return null;
  const series = qualitySeries(results, metric);
  const from_ms = results[0]?.window_from_ms ?? 0;
  const marks = rollouts.flatMap(({ state, ended_ms, version }) =>
    state === 'promoted' && ended_ms !== null && ended_ms >= from_ms ? [{ x: ended_ms, label: text.live(version) }] : [],
  );
  return (
    <Card
      title={metric}
      note={text.note(count(results.length))}
      action={
        <Select
          size="xs"
          aria-label={text.metric}
          data={metrics}
          value={metric}
          onChange={(next) => next !== null && setView({ metric: next })}
          allowDeselect={false}
          searchable={metrics.length > 8}
        />
      }
    >
      <Chart metric={metric} monitor={monitor} series={series} marks={marks} />
      <Assumes series={series} />
    </Card>
  );
}

interface ChartProps {
  readonly metric: string;
  readonly monitor: Monitor;
  readonly series: QualitySeries;
  readonly marks: readonly { readonly x: number; readonly label: string }[];
}

function Chart({ metric, monitor, series: { x, realised, estimated, hatched }, marks }: ChartProps) {
  const limits = limitsOf(monitor.definition, metric);
  const newest = written(lastKnown(realised.values));
  return (
    <LineChart
      label={text.label(metric, newest, limits.map(({ value }) => text.limitOf(written(value))).join(''))}
      x={x}
      time
      height={240}
      cursor="monitor"
      lines={[
        { name: text.realised(newest), color: 'c1', values: realised.values, band: realised },
        ...(estimated
          ? [
              {
                name: text.estimated(written(lastKnown(estimated.values))),
                color: 'c2' as const,
                dashed: true,
                values: estimated.values,
                band: estimated,
              },
            ]
          : []),
      ]}
      limits={limits}
      marks={marks}
      hatched={hatched}
    />
  );
}

/** What the estimate takes for granted, and how far it has been off where that can be known. */
function Assumes({ series }: { readonly series: QualitySeries }) {
  if (!series.estimated) return <p className="small muted">{text.onlyRealised}</p>;
  const bias = estimateBias(series);
  return (
    <p className={styles['warning']}>
      <StatusIcon kind="warn" size={15} />
      <span>
        {text.assumes} {bias && text.bias(written(Math.abs(bias.mean)), bias.mean > 0 ? text.high : text.low, bias.windows)}
      </span>
    </p>
  );
}
