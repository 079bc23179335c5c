import { IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, duration } from '../../design/numbers.ts';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { ExecutionLink } from './execution-marks.tsx';
import { isLive } from './live.ts';
import styles from './pipelines.module.css';
import type { Detail, Execution, Step } from './pipelines-api.ts';
import { readsOf } from './steps.ts';
import { type TimeBar, timeBars } from './times.ts';
import { beforeOf, numberOf, tookOf } from './told.ts';
import { whyOf } from './why.ts';

const said = words.pipelines.execution;

export interface TimeCardProps {
  readonly project: string;
  readonly detail: Detail;
  readonly now_ms: number;
  readonly executions: readonly Execution[];
  readonly chosen: Step | undefined;
  readonly onChoose: (step: string) => void;
}

/** When each step ran, and below why the chosen one did, with what it read and left. */
export function TimeCard({ project, detail, now_ms, executions, chosen, onChoose }: TimeCardProps) {
  const { execution } = detail;
  const before = beforeOf(execution, executions);
  const took = duration(tookOf(execution, now_ms));
  return (
    <Card
      title={said.time}
      action={
        <span className="muted small number">
          {isLive(execution) ? said.soFar(took) : said.inAll(took, duration(execution.cpu_ms))}
          {before && `, ${said.last(words.pipelines.number(before.number), duration(tookOf(before, now_ms)))}`}
        </span>
      }
      flush
    >
      <ul className={styles['bars']} aria-label={said.times}>
        {timeBars(detail, now_ms).map((bar) => (
          <Bar key={bar.name} bar={bar} chosen={bar.name === chosen?.name} onChoose={onChoose} />
        ))}
      </ul>
      {chosen && (
        <div className={styles['why']}>
          {chosen.error !== null && (
            <p className={styles['whyLine']}>
              <StatusIcon kind="bad" />
              <span className="name">{chosen.error}</span>
            </p>
          )}
          <WhyLine step={chosen} execution={execution} executions={executions} before={before} />
          <StepFacts project={project} detail={detail} step={chosen} />
        </div>
      )}
    </Card>
  );
}

function Bar({
  bar: { name, kind, span, text },
  chosen,
  onChoose,
}: {
  readonly bar: TimeBar;
  readonly chosen: boolean;
  readonly onChoose: (step: string) => void;
}) {
  // The words stand where there is room: behind the bar, before it, or in it.
  const room = !span || span.to < 0.62 ? 'after' : span.from > 0.38 ? 'before' : 'inside';
  const at = !span
    ? { left: 0 }
    : room === 'after'
      ? { left: `${span.to * 100}%` }
      : room === 'before'
        ? { right: `${(1 - span.from) * 100}%` }
        : { left: `${span.from * 100}%` };
  return (
    <li>
      <button type="button" className={styles['bar']} aria-pressed={chosen} onClick={() => onChoose(name)}>
        <span className={styles['barName']}>{name}</span>
        <span className={styles['track']}>
          {span && (
            <i className={styles[`bar-${kind}`]} style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }} />
          )}
          <span className={`${styles['barText']} ${styles[room]} number`} style={at}>
            {text}
          </span>
        </span>
      </button>
    </li>
  );
}

interface WhyProps {
  readonly step: Step;
  readonly execution: Execution;
  readonly executions: readonly Execution[];
  readonly before: Execution | undefined;
}

function WhyLine({ step, execution, executions, before }: WhyProps) {
  const { title, text, since } = whyOf(step, execution.inputs, before?.inputs);
  return (
    <p className={styles['whyLine']}>
      <IconInfoCircle className={styles['info']} size={16} stroke={1.75} aria-hidden />
      <span className="name">
        <b>{title}</b> {text} {since !== undefined && <ExecutionLink id={since}>{numberOf(since, executions)}</ExecutionLink>}
      </span>
    </p>
  );
}

function StepFacts({ project, detail, step }: { readonly project: string; readonly detail: Detail; readonly step: Step }) {
  const { execution, definition } = detail;
  const defined = definition.steps[step.name];
  const reads = defined ? readsOf(defined, definition.inputs) : [];
  const tables = Object.entries(step.tables);
  const { model, version } = execution;
  return (
    <Facts
      facts={[
        [
          said.reads,
          reads.length === 0
            ? said.nothing
            : reads.map((table) => <TableRead key={table} project={project} table={table} execution={execution} />),
        ],
        ...(tables.length > 0
          ? [[said.leaves, tables.map(([table, { rows }]) => <div key={table}>{said.rows(table, count(rows))}</div>)] as const]
          : []),
        ...(step.run_id === null
          ? []
          : [
              [
                said.trackedIn,
                <Link key="run" to="/p/$project/runs/$run" params={{ project, run: step.run_id }}>
                  {said.theRun}
                </Link>,
              ] as const,
            ]),
        ...(model === null || version === null || defined?.kind !== 'fit'
          ? []
          : [
              [
                said.version,
                <Link key="version" to="/p/$project/models/$model/versions/$version" params={{ project, model, version: String(version) }}>
                  {words.pipelines.version(model, version)}
                </Link>,
              ] as const,
            ]),
      ]}
    />
  );
}

/** A dataset's version with its link; a table of another step by its name. */
export function TableRead({
  project,
  table,
  execution,
}: {
  readonly project: string;
  readonly table: string;
  readonly execution: Execution;
}) {
  const number = execution.inputs?.[table];
  if (number === undefined) return <div>{table}</div>;
  return (
    <div>
      <Link to="/p/$project/datasets/$dataset" params={{ project, dataset: table }} search={{ version: number } as never}>
        {words.pipelines.datasetVersion(table, number)}
      </Link>
    </div>
  );
}
