import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Clock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { GroupSample } from '../../platform/compute/index.ts';
import type { MetricPoint, Runs } from '../runs/index.ts';
import type { StepContext } from './steps.ts';

/** What a child and all that it started used over a span of time. */
export interface Usage {
  /** Of all cores of the machine together, 0 to 100; null while there is no span yet. */
  readonly cpu_percent: number | null;
  /** The most that was seen. */
  readonly bytes: number;
}

/** Makes spans of looks: the first ends with the second look, so that a short run has one, each later one lasts `every_ms`. */
export interface UsageMeter {
  /** The usage of the span that this look ends; null within a span. */
  add(sample: GroupSample, at_ms: number): Usage | null;
  /** What was seen since the last span ended; null when there is nothing. */
  rest(): Usage | null;
}

export function createUsageMeter(cores: number, every_ms: number): UsageMeter {
  let from: { readonly at_ms: number; readonly cpu_ms: number } | null = null;
  let last: { readonly at_ms: number; readonly cpu_ms: number } | null = null;
  let bytes = 0;
  let spans = 0;
  const usage = (): Usage | null => {
    if (!from || !last || (last.at_ms <= from.at_ms && spans > 0)) return null;
    const span_ms = last.at_ms - from.at_ms;
    // Of a process that ended without being waited for, the time is gone: a sum may fall.
    const share = Math.max(0, last.cpu_ms - from.cpu_ms) / span_ms / cores;
    return { cpu_percent: span_ms > 0 ? Math.min(100, share * 100) : null, bytes };
  };
  return {
    add(sample, at_ms) {
      bytes = Math.max(bytes, sample.bytes);
      last = { at_ms, cpu_ms: sample.cpu_ms };
      if (from === null) {
        from = last;
        return null;
      }
      if (spans > 0 && at_ms - from.at_ms < every_ms) return null;
      const ended = usage();
      if (ended === null) return null;
      spans++;
      from = last;
      bytes = sample.bytes;
      return ended;
    },
    rest: usage,
  };
}

export interface SystemMetrics {
  readonly onSample: (sample: GroupSample) => void;
  /** Writes what is left. Call it before the run ends. */
  end(): Promise<void>;
}

interface SystemMetricsDeps {
  readonly runs: Runs;
  readonly clock: Clock;
  readonly folder: string;
}

const every_ms = 5_000;
const flushEvery_ms = 30_000;

/**
 * Notes what a step's process uses as metric points of its run, under the names of the MLflow client (mlflow/system_metrics). CPU and
 * memory are those of the child and all it started, as shares of the whole machine: on a server that does other work too, the machine's own
 * load says little about a step. The disk is the one that steps work on. Network and GPU are not measured. Where there is no `/proc`
 * nothing is. Points go in batches; one that cannot be kept never fails the step, and none is written to a run that has ended.
 */
export function recordSystemMetrics(deps: SystemMetricsDeps, context: Pick<StepContext, 'caller' | 'project' | 'log'>, run_id: string) {
  const { runs, clock, folder } = deps;
  const { caller, project } = context;
  const meter = createUsageMeter(availableParallelism(), every_ms);
  let waiting: MetricPoint[] = [];
  let step = 0;
  let flushed_ms: number | null = null;
  let turn: Promise<void> = Promise.resolve();
  let refused = false;

  function note(usage: Usage | null, isLast: boolean): void {
    const timestamp_ms = clock.now();
    const now_ms = clock.monotonic();
    const number = step++;
    turn = turn
      .then(async () => {
        if (refused) return;
        if (usage) waiting.push(...(await valuesOf(usage, folder)).map(([key, value]) => ({ key, value, step: number, timestamp_ms })));
        if (!isLast && flushed_ms !== null && now_ms - flushed_ms < flushEvery_ms) return;
        flushed_ms = now_ms;
        await write();
      })
      .catch((error: unknown) => {
        refused = true;
        // Errors of the system name places of this machine.
        const reason = error instanceof SlipwayError ? error.message : 'the server could not read or write them.';
        context.log(`System metrics are not kept any more: ${reason}`);
      });
  }

  async function write(): Promise<void> {
    if (waiting.length === 0) return;
    const metrics = waiting;
    waiting = [];
    // The step's own program may have ended its run.
    if ((await runs.getRun(caller, project, run_id)).status === 'running') await runs.logBatch(caller, project, run_id, { metrics });
  }

  return {
    onSample(sample: GroupSample): void {
      const usage = meter.add(sample, clock.monotonic());
      if (usage) note(usage, false);
    },
    async end(): Promise<void> {
      note(meter.rest(), true);
      await turn;
    },
  } satisfies SystemMetrics;
}

/** Megabytes are millions of bytes, as the MLflow client has them. */
async function valuesOf({ cpu_percent, bytes }: Usage, folder: string): Promise<(readonly [string, number])[]> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = (blocks - bfree) * bsize;
  return [
    ...(cpu_percent === null ? [] : [['system/cpu_utilization_percentage', cpu_percent] as const]),
    ['system/system_memory_usage_megabytes', bytes / 1e6],
    ['system/system_memory_usage_percentage', (bytes / totalmem()) * 100],
    ['system/disk_usage_percentage', (used / (used + bavail * bsize)) * 100],
    ['system/disk_usage_megabytes', used / 1e6],
    ['system/disk_available_megabytes', (bavail * bsize) / 1e6],
  ];
}
