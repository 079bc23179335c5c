import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useContext } from 'react';
import { useView } from '../../client/view.ts';
import { count, day, metric, moment } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { useProject } from '../access/access-api.ts';
import { type Deployment, deploymentQueries } from '../deployments/deployments-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { Changes, Limits, Since } from './changes.tsx';
import { ModelCard } from './model-card.tsx';
import { MonthChart } from './month-chart.tsx';
import {
  calibration,
  difference,
  entryOf,
  isLowerBetter,
  lead,
  metricsOf,
  monthsOf,
  nameOf,
  type PeriodFigures,
  type Span,
  unknownReason,
} from './report.ts';
import styles from './reports.module.css';
import { type Performance, type Period, performanceQuery } from './reports-api.ts';

const t = words.reports;

interface SheetProps {
  readonly project: string;
  readonly deployment: Deployment;
  readonly period: Period;
}

/** The sheet of paper: what the figures say, what changed, quality by month, and the model that served last. */
export function Sheet({ project, deployment, period }: SheetProps) {
  const asked = useQuery(performanceQuery(project, deployment.name, period));
  const [view] = useView({ metric: '' });
  const { now_ms } = useContext(TimeContext);
  const { zone } = useProject(project);
  const total = asked.data?.total;
  const metrics = metricsOf(total);
  const name = metrics.includes(view.metric) ? view.metric : (metrics[0] ?? 'brier');
  const span = { from_ms: period.from_ms ?? total?.from_ms ?? 0, to_ms: period.to_ms ?? total?.to_ms ?? now_ms() };
  return (
    <article className={styles['sheet']} aria-label={t.kind(project)}>
      <Part of={asked} height={470}>
        {(performance) => (
          <>
            <Head project={project} deployment={deployment.name} span={span} total={total} />
            <section id="summary">
              <p className={`${styles['lead']} name`}>{lead(deployment.name, total, name).join(' ')}</p>
            </section>
            <KeyFigures project={project} deployment={deployment.name} span={span} total={total} name={name} />
            <Chart performance={performance} name={name} />
          </>
        )}
      </Part>
      <div className={styles['two']}>
        <Changes project={project} deployment={deployment.name} span={span} />
        {asked.data && <Limits project={project} deployment={deployment.name} total={total} periods={asked.data.periods} />}
      </div>
      {asked.data && <Months performance={asked.data} name={name} />}
      <ModelCard project={project} deployment={deployment} span={span} />
      <Since project={project} deployment={deployment.name} />
      <section>
        <h3>{t.method}</h3>
        <p className="second small">{t.methodText(zone)}</p>
      </section>
    </article>
  );
}

interface Parts {
  readonly project: string;
  readonly deployment: string;
  readonly span: Span;
  readonly total: PeriodFigures | undefined;
}

function Head({ project, deployment, span, total }: Parts) {
  const { zone, now_ms } = useContext(TimeContext);
  // The year is always written: a report is read years later.
  const when = (at_ms: number) => day(at_ms, zone, 0);
  const rows = entryOf(total, 'served')?.rows ?? 0;
  return (
    <header className={styles['title']}>
      <div>
        <p className="second small name">{t.kind(project)}</p>
        <h2 className="name">{t.heading(deployment, when(span.from_ms), when(span.to_ms - 1))}</h2>
      </div>
      <span className="muted small">
        {t.made(moment(now_ms(), zone, 0))}
        <br />
        {t.fromRows(count(rows))}
      </span>
    </header>
  );
}

function KeyFigures({ project, deployment, span, total, name }: Parts & { readonly name: string }) {
  const incidents = useQuery(monitorQueries.incidentsOf(project, deployment)).data;
  const rollouts = useQuery(deploymentQueries.rollouts(project, deployment)).data;
  const served = entryOf(total, 'served');
  const own = served?.metrics[name];
  const reason = unknownReason(served, own?.value);
  const reference = entryOf(total, 1)?.metrics[name]?.value;
  const within = (at_ms: number | null) => at_ms !== null && at_ms >= span.from_ms && at_ms < span.to_ms;
  const opened = incidents?.filter(({ since_ms }) => within(since_ms));
  const promoted = rollouts?.filter(({ state, ended_ms }) => state === 'promoted' && within(ended_ms));
  const said = calibration(served);
  return (
    <dl className={styles['figures']}>
      <Key
        name={nameOf(name)}
        value={reason === null ? metric(own?.value) : null}
        reason={reason}
        text={[
          own?.low == null || own.high == null ? '' : t.figures.interval(metric(own.low), metric(own.high)),
          reference == null ? '' : t.figures.reference(metric(reference)),
        ]}
      />
      {said !== null && <Key name={t.figures.said} value={said} text={[]} />}
      <Key
        name={t.figures.rows}
        value={count(served?.rows ?? 0)}
        text={[served && served.without_body > 0 ? t.figures.withoutBody(count(served.without_body)) : '']}
      />
      {opened && promoted && (
        <Key
          name={t.figures.incidents}
          value={count(opened.length)}
          text={[
            t.figures.incidentsText(opened.filter(({ state }) => state !== 'resolved').length),
            t.figures.promoted(count(promoted.length), promoted.length === 1),
          ]}
        />
      )}
    </dl>
  );
}

interface KeyProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly reason?: string | null;
  readonly text: readonly string[];
}

function Key({ name, value, reason = null, text }: KeyProps) {
  return (
    <div>
      <dd>
        <span className={`${styles['large']} ${reason === null ? 'number' : styles['unknown']}`}>
          {reason === null ? value : `${t.unknown.prefix}${reason}`}
        </span>
      </dd>
      <dt>{name}</dt>
      {text.filter(Boolean).map((line) => (
        <dd key={line}>{line}</dd>
      ))}
    </div>
  );
}

function Chart({ performance, name }: { readonly performance: Performance; readonly name: string }) {
  return (
    <section>
      <h3>{t.chart.title(nameOf(name))}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls a wide chart with its arrows */}
      <section className={styles['scroll']} tabIndex={0} aria-label={t.chart.title(nameOf(name))}>
        <MonthChart months={monthsOf(performance.periods, name)} name={name} />
      </section>
    </section>
  );
}

function Months({ performance, name }: { readonly performance: Performance; readonly name: string }) {
  return (
    <section id="quality">
      <h3>{t.parts.quality}</h3>
      <Table
        label={t.chart.title(nameOf(name))}
        rows={monthsOf(performance.periods, name)}
        keyOf={({ label }) => label}
        columns={[
          { key: 'month', title: t.table.month, cell: ({ label }) => <span className={styles['whole']}>{label}</span> },
          { key: 'rows', title: t.table.rows, number: true, cell: ({ rows }) => count(rows) },
          {
            key: 'served',
            title: `${t.table.served} (${isLowerBetter(name) ? t.chart.lower : t.chart.higher})`,
            number: true,
            cell: ({ served }) => <b>{served.value === null ? t.unknown.short : metric(served.value)}</b>,
          },
          {
            key: 'interval',
            title: t.table.interval,
            number: true,
            cell: ({ served: { low, high } }) => (low === null || high === null ? '–' : `${metric(low)} to ${metric(high)}`),
          },
          { key: 'reference', title: t.table.reference, number: true, cell: ({ reference }) => metric(reference) },
          { key: 'difference', title: t.table.difference, number: true, cell: difference },
        ]}
      />
    </section>
  );
}
