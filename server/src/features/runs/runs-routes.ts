import { api } from '@slipway/contracts';
import type { Clock } from '../../kernel/clock.ts';
import { defined } from '../../kernel/defined.ts';
import { readCursor } from '../../kernel/pages.ts';
import { type Blobs, putOfProject } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { MetricPoint, RunDetail, Runs } from './index.ts';

type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';
const artifactLimit_bytes = 5 * 2 ** 30;

export interface RunsRoutesDeps {
  readonly runs: Runs;
  readonly blobs: Blobs;
  readonly database: Database;
  readonly clock: Clock;
}

export function runsRoutes({ runs, blobs, database, clock }: RunsRoutesDeps): Route[] {
  return [
    implement(api.runs.createExperiment, async ({ caller, project, body }) => ({
      id: await runs.createExperiment(caller, project, body),
    })),
    implement(api.runs.listExperiments, async ({ caller, project }) => ({ items: await runs.listExperiments(caller, project) })),
    implement(api.runs.create, ({ caller, project, body }) => runs.createRun(caller, project, defined(body))),
    implement(api.runs.list, async ({ caller, project, query }) => {
      const { execution, ...search } = query;
      const found = await runs.searchRuns(caller, project, defined({ ...search, execution_id: execution }));
      return { next: found.next, items: found.items.map(toWire) };
    }),
    implement(api.runs.get, async ({ caller, project, params }) => toWire(await runs.getRun(caller, project, params.run))),
    implement(api.runs.update, ({ caller, project, params, body }) => runs.updateRun(caller, project, params.run, defined(body))),
    implement(api.runs.delete, ({ caller, project, params }) => runs.setRunLifecycle(caller, project, params.run, 'deleted')),
    implement(api.runs.restore, ({ caller, project, params }) => runs.setRunLifecycle(caller, project, params.run, 'active')),
    implement(api.runs.log, ({ caller, project, params, body }) => {
      const now_ms = clock.now();
      const metrics = (body.metrics ?? []).map((point) => ({
        ...point,
        value: Number(point.value),
        timestamp_ms: point.timestamp_ms ?? now_ms,
      }));
      return runs.logBatch(caller, project, params.run, { metrics, params: body.params ?? [], tags: body.tags ?? [] });
    }),
    implement(api.runs.history, async ({ caller, project, params, query }) => {
      const after = query.cursor === undefined ? {} : { after: readPoint(query.cursor, query.key) };
      const points = await runs.metricHistory(caller, project, params.run, query.key, { ...after, limit: query.limit });
      const last = points.length === query.limit ? points.at(-1) : undefined;
      return {
        items: points.map((point) => ({ ...point, value: wireNumber(point.value) })),
        next: last ? `${last.timestamp_ms}_${last.step}_${last.value}` : null,
      };
    }),
    implement(api.runs.artifacts, async ({ caller, project, params }) => ({ items: await runs.artifacts(caller, project, params.run) })),
    implement(api.runs.putArtifact, async ({ caller, project, params, query, request }) => {
      await runs.getRun(caller, project, params.run);
      const stored = await putOfProject({ database, blobs, clock }, project, request.stream, { limit_bytes: artifactLimit_bytes });
      await runs.putArtifact(caller, project, params.run, { path: query.path, digest: stored.digest });
      return { path: query.path, ...stored };
    }),
    implement(api.runs.getArtifact, async ({ caller, project, params, query, reply }) => {
      const { artifact, content } = await runs.openArtifact(caller, project, params.run, query.path);
      reply.setHeader('content-type', 'application/octet-stream');
      reply.setHeader('content-disposition', 'attachment');
      reply.setHeader('content-length', String(artifact.bytes));
      return content;
    }),
  ];
}

function toWire(run: RunDetail) {
  return {
    ...run,
    metrics: run.metrics.map((metric) => ({
      ...metric,
      value: wireNumber(metric.value),
      minimum: metric.minimum === null ? null : wireNumber(metric.minimum),
      maximum: metric.maximum === null ? null : wireNumber(metric.maximum),
    })),
  };
}

function wireNumber(value: number): WireNumber {
  return Number.isFinite(value) ? value : (String(value) as WireNumber);
}

function readPoint(cursor: string, key: string): MetricPoint {
  const [timestamp_ms, step, value] = readCursor(cursor, /^(-?\d+)_(-?\d+)_(.{1,40})$/).map(Number);
  return { key, timestamp_ms: timestamp_ms ?? 0, step: step ?? 0, value: value ?? 0 };
}
