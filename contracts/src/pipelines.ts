import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project';
const param = z.union([z.string(), z.number(), z.boolean()]);
const names = z.array(z.string());
const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sql'), file: z.string(), from: names.default([]), out: names.default([]), needs: names.default([]) }),
  z.strictObject({
    kind: z.literal('fit'),
    trainer: z.string(),
    target: z.string(),
    from: z.string(),
    features: names.optional(),
    exclude: names.default([]),
    settings: z.record(z.string(), z.number()).default({}),
    needs: names.default([]),
  }),
  z.strictObject({ kind: z.literal('evaluate'), model: z.string(), on: z.string(), slices: names.default([]), needs: names.default([]) }),
  z.strictObject({
    kind: z.literal('run'),
    command: z.array(z.string()).min(1),
    environment: z.record(z.string(), z.string()).default({}),
    from: names.default([]),
    out: names.default([]),
    needs: names.default([]),
  }),
]);
const definition = z.strictObject({
  inputs: names,
  params: z.record(z.string(), param).default({}),
  steps: z.record(z.string(), step),
  register: z.string().optional(),
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)).default({}),
});
const execution = z.object({
  id: z.string(),
  pipeline: z.string(),
  number: z.number(),
  params: z.record(z.string(), param),
  inputs: z.record(z.string(), z.number()).nullable(),
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
  error: z.string().nullable(),
  rerun_of: z.string().nullable(),
  verified: z.boolean().nullable().describe('Of a rerun that ended: whether it gave the same model, bit for bit'),
  model: z.string().nullable(),
  version: z.number().nullable(),
  person: z.string().nullable(),
  started_event: z.number(),
  clock_ms: z.number().describe("The project's time when it was started"),
  cpu_ms: z.number(),
  created_at_ms: z.number(),
  ended_at_ms: z.number().nullable(),
});
const stepRecord = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'skipped']),
  attempts: z.number(),
  cache: z.object({ hit: z.boolean(), reason: z.string() }).nullable(),
  tables: z.record(z.string(), z.object({ digest: z.string(), rows: z.number() })),
  run_id: z.string().nullable(),
  error: z.string().nullable(),
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number().nullable(),
  cpu_ms: z.number(),
});

/** The HTTP operations of `pipelines`. */
export const pipelines = {
  list: endpoint({
    id: 'pipelines.list',
    method: 'GET',
    path: `${base}/pipelines`,
    summary: 'List the pipelines of a project.',
    permission: 'read',
    params: inProject,
    response: z.object({
      items: z.array(
        z.object({ name: z.string(), revision: z.number(), managed_by: z.enum(['file', 'ui']), retired: z.boolean(), definition }),
      ),
    }),
  }),
  define: endpoint({
    id: 'pipelines.define',
    method: 'PUT',
    path: `${base}/pipelines/:pipeline`,
    summary: 'Write a pipeline down. Steps that run commands need the right `execute`.',
    permission: 'write',
    params: oneOf('pipeline'),
    body: definition,
    response: definitionChange,
  }),
  start: endpoint({
    id: 'pipelines.start',
    method: 'POST',
    path: `${base}/pipelines/:pipeline/start`,
    summary: 'Start an execution on the newest inputs.',
    permission: 'write',
    params: oneOf('pipeline'),
    body: z.object({
      params: z.record(z.string(), param).optional(),
      inputs: z.record(z.string(), z.number().int().positive()).optional(),
      use_cache: z.boolean().optional(),
      because: z
        .number()
        .int()
        .positive()
        .optional()
        .describe('number of the event that it answers, such as the one that opened an incident: its cause in the audit trail'),
    }),
    response: execution,
    errors: ['not_found', 'pipeline_busy', 'input_check_failed'],
  }),
  executions: endpoint({
    id: 'pipelines.executions',
    method: 'GET',
    path: `${base}/executions`,
    summary: 'List executions, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({ ...page, limit: limitOf(500, 200), pipeline: z.string().optional() }),
    response: z.object({ items: z.array(execution), next: z.string().nullable() }),
  }),
  execution: endpoint({
    id: 'pipelines.execution',
    method: 'GET',
    path: `${base}/executions/:execution`,
    summary: 'Show an execution and its steps.',
    permission: 'read',
    params: oneOf('execution'),
    response: z.object({ execution, steps: z.array(stepRecord), definition: definition.describe('As it was when the execution began') }),
    errors: ['not_found'],
  }),
  logs: endpoint({
    id: 'pipelines.logs',
    method: 'GET',
    path: `${base}/executions/:execution/steps/:step/log`,
    summary: 'Read the log of a step from a byte on, also while it is written; of its newest attempt, if none is named.',
    permission: 'read',
    params: oneOf('execution').extend({ step: z.string() }),
    query: z.object({ from: z.coerce.number().int().nonnegative().default(0), attempt: z.coerce.number().int().min(1).optional() }),
    response: z.object({ text: z.string(), next: z.number() }),
    errors: ['not_found'],
  }),
  cancel: endpoint({
    id: 'pipelines.cancel',
    method: 'POST',
    path: `${base}/executions/:execution/cancel`,
    summary: 'Cancel an execution; what runs is killed.',
    permission: 'write',
    params: oneOf('execution'),
    response: execution,
    errors: ['not_found', 'conflict'],
  }),
  rerun: endpoint({
    id: 'pipelines.rerun',
    method: 'POST',
    path: `${base}/executions/:execution/rerun`,
    summary: 'Repeat an execution on the same inputs, code and params, and prove by digest that it gives the same model.',
    permission: 'write',
    params: oneOf('execution'),
    response: execution,
    errors: ['not_found', 'rerun_not_possible', 'pipeline_busy'],
  }),
} as const;
