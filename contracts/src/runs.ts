import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { runTable } from './run-table.ts';
import { inProject, limitOf, oneOf, page } from './shapes.ts';

const status = z.enum(['scheduled', 'running', 'finished', 'failed', 'killed']);
/** JSON has no NaN and no infinities: they travel as text. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const keyValue = z.object({ key: z.string(), value: z.string() });
const point = z.object({ key: z.string(), value: number, step: z.number(), timestamp_ms: z.number() });
const newPoint = z.object({ key: z.string(), value: number, step: z.number().default(0), timestamp_ms: z.number().optional() });
const input = z.object({ dataset: z.string(), version: z.number().nullable(), digest: z.string(), context: z.string() });

const run = z.object({
  id: z.string(),
  experiment: z.string(),
  name: z.string(),
  status,
  lifecycle: z.enum(['active', 'deleted']),
  started_at_ms: z.number(),
  ended_at_ms: z.number().nullable(),
  person: z.string().nullable(),
  execution_id: z.string().nullable(),
  step: z.string().nullable(),
  started_event: z.number(),
  cpu_ms: z.number().describe('CPU milliseconds that the run used, as far as it was measured'),
  bytes: z.number(),
});
const latest = point.extend({ minimum: number.nullable(), maximum: number.nullable() });
const experiment = z.object({ id: z.string(), name: z.string(), lifecycle: z.enum(['active', 'deleted']), created_at_ms: z.number() });
const artifact = z.object({ path: z.string(), digest: z.string(), bytes: z.number() });
const code = z.object({
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  remote: z.string().nullable(),
  dirty: z.boolean().nullable().describe('Whether anything differed from the commit; null when that is not known'),
  diff: artifact.nullable().describe('The artifact that holds what differed in files that git tracks'),
  untracked: artifact.nullable().describe('The artifact that lists the files that git does not track'),
  lock_files: z.array(artifact),
  notes: z.array(z.string()).describe('What is missing and why'),
});
const runDetail = run.extend({
  params: z.array(keyValue),
  tags: z.array(keyValue),
  metrics: z.array(latest),
  inputs: z.array(input),
  code: code.nullable().describe('The code that it was started from; null when nothing is known'),
});
const base = '/api/v1/projects/:project';

/** The HTTP operations of `runs`. */
export const runs = {
  ...runTable,
  createExperiment: endpoint({
    id: 'runs.createExperiment',
    method: 'POST',
    path: `${base}/experiments`,
    summary: 'Create an experiment.',
    permission: 'write',
    params: inProject,
    body: z.object({ name: z.string() }),
    response: z.object({ id: z.string() }),
    errors: ['already_exists'],
  }),
  listExperiments: endpoint({
    id: 'runs.listExperiments',
    method: 'GET',
    path: `${base}/experiments`,
    summary: 'List the experiments of a project, newest first.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(experiment.extend({ runs: z.number(), running: z.number(), newest_ms: z.number().nullable() })) }),
  }),
  create: endpoint({
    id: 'runs.create',
    method: 'POST',
    path: `${base}/runs`,
    summary: 'Start a run.',
    permission: 'write',
    params: inProject,
    body: z.object({
      experiment: z.string().optional(),
      name: z.string().optional(),
      started_at_ms: z.number().int().nonnegative().optional(),
      tags: z.array(keyValue).optional(),
    }),
    response: run,
    errors: ['not_found', 'experiment_not_active'],
  }),
  list: endpoint({
    id: 'runs.list',
    method: 'GET',
    path: `${base}/runs`,
    summary: 'List runs with their params, tags and newest metrics, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({
      ...page,
      limit: limitOf(100),
      experiment: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional(),
      execution: z.string().optional(),
      deleted: z.stringbool().optional(),
    }),
    response: z.object({ items: z.array(runDetail), next: z.string().nullable() }),
  }),
  get: endpoint({
    id: 'runs.get',
    method: 'GET',
    path: `${base}/runs/:run`,
    summary: 'Show a run.',
    permission: 'read',
    params: oneOf('run'),
    response: runDetail,
    errors: ['not_found'],
  }),
  update: endpoint({
    id: 'runs.update',
    method: 'PATCH',
    path: `${base}/runs/:run`,
    summary: 'Change the name or the status of a run.',
    permission: 'write',
    params: oneOf('run'),
    body: z.object({ status: status.optional(), name: z.string().optional(), ended_at_ms: z.number().int().nonnegative().optional() }),
    response: run,
    errors: ['not_found', 'run_not_active'],
  }),
  delete: endpoint({
    id: 'runs.delete',
    method: 'DELETE',
    path: `${base}/runs/:run`,
    summary: 'Move a run to the bin.',
    permission: 'write',
    params: oneOf('run'),
    status: 204,
    errors: ['not_found'],
  }),
  restore: endpoint({
    id: 'runs.restore',
    method: 'POST',
    path: `${base}/runs/:run/restore`,
    summary: 'Take a run back out of the bin.',
    permission: 'write',
    params: oneOf('run'),
    status: 204,
    errors: ['not_found'],
  }),
  log: endpoint({
    id: 'runs.log',
    method: 'POST',
    path: `${base}/runs/:run/log`,
    summary: 'Log metric points, params and tags; all of it is kept or none.',
    permission: 'write',
    params: oneOf('run'),
    body: z.object({ metrics: z.array(newPoint).optional(), params: z.array(keyValue).optional(), tags: z.array(keyValue).optional() }),
    status: 204,
    errors: ['not_found', 'run_not_active', 'param_already_set'],
  }),
  history: endpoint({
    id: 'runs.history',
    method: 'GET',
    path: `${base}/runs/:run/metrics`,
    summary: 'All points of one metric, in the order of their time.',
    permission: 'read',
    params: oneOf('run'),
    query: z.object({ ...page, limit: limitOf(10_000), key: z.string() }),
    response: z.object({ items: z.array(point), next: z.string().nullable() }),
    errors: ['not_found'],
  }),
  artifacts: endpoint({
    id: 'runs.artifacts',
    method: 'GET',
    path: `${base}/runs/:run/artifacts`,
    summary: 'List the artifacts of a run.',
    permission: 'read',
    params: oneOf('run'),
    response: z.object({ items: z.array(artifact) }),
    errors: ['not_found'],
  }),
  putArtifact: endpoint({
    id: 'runs.putArtifact',
    method: 'PUT',
    path: `${base}/runs/:run/artifact`,
    summary: 'Store the body as an artifact of a run.',
    permission: 'write',
    params: oneOf('run'),
    query: z.object({ path: z.string() }),
    bodyKind: 'bytes',
    bodyLimit_bytes: 5 * 2 ** 30,
    response: artifact,
    errors: ['not_found', 'run_not_active', 'storage_full'],
  }),
  getArtifact: endpoint({
    id: 'runs.getArtifact',
    method: 'GET',
    path: `${base}/runs/:run/artifact`,
    summary: 'Read an artifact of a run.',
    permission: 'read',
    params: oneOf('run'),
    query: z.object({ path: z.string() }),
    answers: 'bytes',
    errors: ['not_found'],
  }),
} as const;
