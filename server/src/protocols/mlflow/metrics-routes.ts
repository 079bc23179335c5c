import { setImmediate as othersFirst } from 'node:timers/promises';
import type { MetricColumns, MetricPoint } from '../../features/runs/index.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Incoming, Route } from '../../platform/http/index.ts';
import { invalid } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { list, metricWire, numberWire } from './runs-mapping.ts';
import { inRun } from './runs-routes.ts';
import { integer, needed, queryAsWire, read, text, texts, type Wire } from './wire.ts';

const bulkLimit = 25_000;
const runsLimit = 100;
const samplesLimit = 2500;
/** So many points are written between two turns of the event loop. */
const turn_points = 5000;

export function metricsRoutes({ runs }: MlflowDeps, { raw, route }: Routing): Route[] {
  return [
    ...raw('metricHistory', async ({ caller, project, query, reply }: Incoming<unknown, unknown, unknown>) => {
      const fields = { run_id: needed(text), metric_key: needed(text), max_results: integer, page_token: text };
      const { run_id, metric_key, max_results, page_token } = read(queryAsWire(query as Wire, fields), fields);
      if (max_results !== null && max_results < 1) {
        throw invalid(`Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer.`);
      }
      const after = readPoint(page_token, metric_key);
      reply.setHeader('content-type', 'application/json; charset=utf-8');
      return ofNoRun('{}', async () => {
        if (max_results === null && !after) return historyText(metric_key, await runs.wholeHistory(caller, project, run_id, metric_key));
        const limit = max_results ?? Number.POSITIVE_INFINITY;
        const points = await runs.metricHistory(caller, project, run_id, metric_key, { limit, ...(after ? { after } : {}) });
        const last = points.length >= limit ? points.at(-1) : undefined;
        const metrics = list(
          'metrics',
          points.map((point) => metricWire(point)),
        );
        return JSON.stringify({ ...metrics, ...(last ? { next_page_token: writePoint(last) } : {}) });
      });
    }),
    ...route('metricHistoryBulk', { run_id: texts, metric_key: text, max_results: integer }, async ({ caller, project, asked }) => {
      const { run_id: ids, metric_key } = asked;
      if (ids.length === 0) throw invalid('GetMetricHistoryBulk request must specify at least one run_id.');
      if (ids.length > runsLimit) {
        throw invalid(`GetMetricHistoryBulk request cannot specify more than ${runsLimit} run_ids. Received ${ids.length} run_ids.`);
      }
      if (metric_key === '') throw invalid('GetMetricHistoryBulk request must specify a metric_key.');
      const limit = Math.min(asked.max_results ?? bulkLimit, bulkLimit);
      const metrics: unknown[] = [];
      for (const id of [...ids].sort()) {
        if (metrics.length >= limit) break;
        const points = await inRun(id, () => runs.metricHistory(caller, project, id, metric_key, { limit: limit - metrics.length }));
        metrics.push(...points.map((point) => metricWire(point, id)));
      }
      return { metrics };
    }),
    ...route(
      'metricHistoryBulkInterval',
      { run_ids: needed(texts), metric_key: needed(text), start_step: integer, end_step: integer, max_results: integer },
      async ({ caller, project, asked }) => {
        const { run_ids, metric_key, start_step, end_step } = asked;
        if (run_ids.length > runsLimit) {
          throw invalid(
            `GetMetricHistoryBulkInterval request must specify at most ${runsLimit} run_ids. Received ${run_ids.length} run_ids. See the API docs for more information about request parameters.`,
          );
        }
        const most = asked.max_results ?? samplesLimit;
        if (most < 1 || most > samplesLimit) {
          throw invalid(
            `max_results must be between 1 and ${samplesLimit}. See the API docs for more information about request parameters.`,
          );
        }
        if ((start_step === null) !== (end_step === null)) {
          throw invalid('If either start step or end step are specified, both must be specified.');
        }
        if (start_step !== null && end_step !== null && start_step > end_step) {
          throw invalid(`end_step must be greater than start_step. Found start_step=${start_step} and end_step=${end_step}.`);
        }
        const steps = start_step !== null && end_step !== null ? { from: start_step, to: end_step } : {};
        const metrics: unknown[] = [];
        for (const id of run_ids) {
          const points = await inRun(id, () => runs.metricSamples(caller, project, id, metric_key, { most, ...steps }));
          metrics.push(...points.map((point) => metricWire(point, id)));
        }
        return list('metrics', metrics);
      },
    ),
  ];
}

/** A run that is not there has no points, as far as clients are told. */
async function ofNoRun<T>(instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'not_found') return instead;
    throw error;
  }
}

/** The JSON of a history, written a part in each turn: all of a long one at once would hold every other request. */
async function historyText(key: string, { steps, timestamps_ms, values }: MetricColumns): Promise<Buffer | string> {
  if (steps.length === 0) return '{}';
  const start = `{"key":${JSON.stringify(key)},"value":`;
  const parts: Buffer[] = [];
  for (let from = 0; from < steps.length; from += turn_points) {
    let text = from === 0 ? '{"metrics":[' : '';
    const end = Math.min(from + turn_points, steps.length);
    for (let at = from; at < end; at++) {
      const value = values[at] ?? 0;
      const number = Number.isFinite(value) ? value : JSON.stringify(numberWire(value));
      text += `${at === 0 ? '' : ','}${start}${number},"timestamp":${timestamps_ms[at]},"step":${steps[at]}}`;
    }
    parts.push(Buffer.from(text));
    await othersFirst();
  }
  return Buffer.concat([...parts, Buffer.from(']}')]);
}

function writePoint({ timestamp_ms, step, value }: MetricPoint): string {
  return Buffer.from(`${timestamp_ms} ${step} ${value}`).toString('base64url');
}

function readPoint(token: string, key: string): MetricPoint | undefined {
  if (token === '') return undefined;
  const [, timestamp, step, value] = /^(\d{1,16}) (-?\d{1,16}) (\S+)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (timestamp === undefined || (Number.isNaN(Number(value)) && value !== 'NaN'))
    throw invalid('Invalid page token, could not base64-decode');
  return { key, timestamp_ms: Number(timestamp), step: Number(step), value: Number(value) };
}
