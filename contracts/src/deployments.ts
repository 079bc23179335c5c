import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, definitionOf, inProject, limitOf, oneOf, page } from './shapes.ts';

const share = z.number().gt(0).max(1);
const duration_ms = z.number().int().nonnegative();
const definition = z.strictObject({
  model: z.string().min(1).max(255),
  environment: z.string().min(1).max(100).describe('`production` moves the alias `champion` of the model'),
  gate: z.string().min(1).max(100).optional().describe('the gate that a version must have passed'),
  rollout: z
    .strictObject({
      steps: z.array(share).min(1).max(20).describe('rising shares of the traffic, the last is 1'),
      guard: z.array(z.string().max(100)).max(10).default([]),
      bake_ms: duration_ms.default(0),
      least_rows: z.number().int().positive().optional(),
      longest_wait_ms: duration_ms.optional(),
    })
    .default({ steps: [1], guard: [], bake_ms: 0 }),
  limits: z
    .strictObject({
      concurrent: z.number().int().min(1).max(10_000).optional(),
      queue: z.number().int().min(0).max(100_000).optional(),
      deadline_ms: z.number().int().min(1).max(300_000).optional(),
      per_day: z.number().int().positive().optional().describe('rows a day, in the zone of the project'),
    })
    .default({}),
  unexpected: z.record(z.string(), z.enum(['flag', 'refuse'])).default({}),
  keep_bodies: z.boolean().optional().describe('keep the features of every served row; default true'),
});
const guard = z.object({
  guard: z.string(),
  result: z.enum(['holds', 'breached', 'short']),
  champion: z.number().nullable(),
  challenger: z.number().nullable(),
  champion_rows: z.number(),
  challenger_rows: z.number(),
  limit: z.string(),
  text: z.string(),
});
const rollout = z.object({
  deployment: z.string(),
  number: z.number(),
  model: z.string(),
  version: z.number(),
  version_id: z.string(),
  displaced: z.number().nullable().describe('the version that it moves traffic away from'),
  state: z.enum(['rolling', 'waiting', 'promoted', 'rolled back', 'superseded']),
  plan: z.object({
    steps: z.array(z.number()),
    guard: z.array(z.string()),
    bake_ms: z.number(),
    least_rows: z.number(),
    longest_wait_ms: z.number(),
  }),
  step: z.number().describe('index into plan.steps'),
  step_started_ms: z.number().describe('in the time of the project, as started_ms and ended_ms'),
  started_ms: z.number(),
  ended_ms: z.number().nullable(),
  evidence: z.array(
    z.object({
      at_ms: z.number(),
      step: z.number(),
      share: z.number(),
      decision: z.enum(['start', 'wait', 'next', 'promote', 'roll back', 'supersede']),
      text: z.string(),
      guards: z.array(guard),
    }),
  ),
  permit: z.object({ verdict_event: z.number(), approval_events: z.array(z.number()) }).nullable(),
  person: z.string().nullable(),
  event: z.number(),
  created_at_ms: z.number(),
});
const deployment = definitionOf(definition).extend({
  model: z.string(),
  champion: z.number().nullable().describe('the version that serves what no rollout takes'),
  champion_since_ms: z.number().nullable().describe('in the time of the project'),
  previous: z.number().nullable().describe('the version that a rollback goes to'),
  rollout: rollout.nullable().describe('the running rollout'),
  split: z.array(z.object({ version: z.number(), share: z.number() })),
});
const servedRow = z.object({
  deployment: z.string(),
  id: z.string(),
  version: z.number().nullable(),
  rollout: z.number().nullable(),
  event_time_ms: z.number(),
  received_at_ms: z.number(),
  status: z.enum(['ok', 'refused', 'failed']),
  error_code: z.string().nullable(),
  latency_us: z.number(),
  queue_us: z.number(),
  score: z.number().nullable().describe('probability of the positive class, or the predicted number'),
  label: z.string().nullable(),
  warnings: z.array(z.string()),
  body: z.record(z.string(), z.unknown()).nullable(),
  sampled_share: z.number(),
  outcome: z.object({ value: z.string(), extra: z.record(z.string(), z.unknown()).nullable(), observed_at_ms: z.number() }).nullable(),
});
const span = {
  from_ms: z.coerce.number().int().nonnegative().default(0).describe('event time, included'),
  to_ms: z.coerce.number().int().nonnegative().default(8.64e15).describe('event time, not included'),
};
const base = '/api/v1/projects/:project/deployments';
const one = oneOf('deployment');
const byName = z.object({ deployment: z.string() });

/** The HTTP operations of `deployments`. */
export const deployments = {
  list: endpoint({
    id: 'deployments.list',
    method: 'GET',
    path: base,
    summary: 'List the deployments of a project with what they serve.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(deployment) }),
  }),
  get: endpoint({
    id: 'deployments.get',
    method: 'GET',
    path: `${base}/:deployment`,
    summary: 'Show a deployment: its versions, their shares, and the running rollout with its evidence.',
    permission: 'read',
    params: one,
    response: deployment,
    errors: ['not_found'],
  }),
  define: endpoint({
    id: 'deployments.define',
    method: 'PUT',
    path: `${base}/:deployment`,
    summary: 'Set what a deployment is. Its name is unique on the server; its model and environment are fixed while it serves.',
    permission: 'admin',
    params: one,
    body: definition,
    response: definitionChange,
    errors: ['already_exists', 'deployment_fixed', 'production_taken', 'gate_needed'],
  }),
  retire: endpoint({
    id: 'deployments.retire',
    method: 'DELETE',
    path: `${base}/:deployment`,
    summary: 'Retire a deployment: nothing answers under its name any more, and its rows stay.',
    permission: 'admin',
    params: one,
    status: 204,
    errors: ['not_found'],
  }),
  rollouts: endpoint({
    id: 'deployments.rollouts',
    method: 'GET',
    path: `${base}/:deployment/rollouts`,
    summary: 'List rollouts of a deployment with their evidence, newest first.',
    permission: 'read',
    params: one,
    query: z.object({ ...page, limit: limitOf(500) }),
    response: z.object({ items: z.array(rollout), next: z.string().nullable() }),
    errors: ['not_found'],
  }),
  roll: endpoint({
    id: 'deployments.roll',
    method: 'POST',
    path: `${base}/:deployment/roll`,
    summary: 'Release a version: it passes its gate, then moves in by the steps of the deployment.',
    permission: 'write',
    params: one,
    body: z.strictObject({ version: z.number().int().positive() }),
    response: rollout,
    errors: ['not_found', 'not_released', 'gate_needed', 'version_retired', 'model_load_failed'],
  }),
  rollback: endpoint({
    id: 'deployments.rollback',
    method: 'POST',
    path: `${base}/:deployment/rollback`,
    summary: 'End the running rollout, or go back to the version before.',
    permission: 'write',
    params: one,
    body: z.strictObject({ reason: z.string().max(2000).optional() }).optional(),
    response: rollout,
    errors: ['not_found', 'nothing_to_roll_back', 'version_retired'],
  }),
  promote: endpoint({
    id: 'deployments.promote',
    method: 'POST',
    path: `${base}/:deployment/promote`,
    summary: 'Give the version of the running rollout all traffic now; the guards of the present step must hold.',
    permission: 'admin',
    params: one,
    response: rollout,
    errors: ['not_found', 'rollout_not_ready'],
  }),
  rows: endpoint({
    id: 'deployments.rows',
    method: 'GET',
    path: `${base}/:deployment/predictions`,
    summary: 'List served rows with their outcomes, in the order of event time.',
    permission: 'read',
    params: one,
    query: z.object({ ...page, ...span, limit: limitOf(1000) }),
    response: z.object({ items: z.array(servedRow), next: z.string().nullable() }),
    errors: ['not_found'],
  }),
  served: endpoint({
    id: 'deployments.served',
    method: 'GET',
    path: `${base}/:deployment/served`,
    summary: 'Count the rows served by version and how they ended.',
    permission: 'read',
    params: one,
    query: z.object(span),
    response: z.object({
      first_ms: z.number().nullable(),
      last_ms: z.number().nullable(),
      counts: z.array(
        z.object({
          version: z.number().nullable(),
          status: z.enum(['ok', 'refused', 'failed']),
          rows: z.number(),
          outcomes: z.number(),
        }),
      ),
    }),
    errors: ['not_found'],
  }),
  predict: endpoint({
    id: 'deployments.predict',
    method: 'POST',
    path: '/api/v1/deployments/:deployment/predict',
    summary: 'Score rows. A column that is unusual is served with a warning; one that is wrong is refused with its name.',
    permission: 'signed-in',
    params: byName,
    body: z.strictObject({
      rows: z.array(z.record(z.string(), z.unknown())).min(1).max(1000).describe('columns and values as the inputs of the version say'),
      ids: z.array(z.string()).optional().describe('one per row; an outcome names its row by it'),
      event_time_ms: z
        .union([z.number(), z.array(z.number())])
        .optional()
        .describe('when it happened: one, or one per row; default now'),
    }),
    response: z.object({
      deployment: z.string(),
      model: z.string(),
      version: z.number().nullable(),
      predictions: z
        .array(
          z.object({
            id: z.string(),
            version: z.number(),
            label: z.string().optional(),
            probability: z.number().optional().describe('of the positive class'),
            probabilities: z.record(z.string(), z.number()).readonly().optional(),
            prediction: z.number().optional(),
            warnings: z.array(z.string()).readonly(),
          }),
        )
        .readonly(),
    }),
    errors: [
      'not_found',
      'input_refused',
      'event_time_ahead',
      'nothing_served',
      'limit_reached',
      'model_queue_full',
      'deadline_exceeded',
      'model_host_failed',
    ],
  }),
  outcomes: endpoint({
    id: 'deployments.outcomes',
    method: 'POST',
    path: '/api/v1/deployments/:deployment/outcomes',
    summary: 'Tell the truth about served rows by their ids; the same id again replaces it. Unknown ids wait for their row.',
    permission: 'signed-in',
    params: byName,
    body: z.strictObject({
      outcomes: z
        .array(
          z.object({
            id: z.string(),
            value: z.union([z.string(), z.number(), z.boolean()]),
            extra: z.record(z.string(), z.unknown()).nullable().optional(),
            observed_at_ms: z.number().optional().describe('default now, in the time of the project'),
          }),
        )
        .min(1)
        .max(10_000),
    }),
    bodyLimit_bytes: 16 * 1024 ** 2,
    response: z.object({ matched: z.number(), unmatched: z.number(), changed: z.number() }),
    errors: ['not_found', 'outcome_ahead'],
  }),
} as const;
