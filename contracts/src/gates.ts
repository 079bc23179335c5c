import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, definitionOf, inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project';
const metric = z.string().min(1).max(100);
const on = z.string().min(1).max(100).optional();
const criterion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bound'),
    metric,
    min: z.number().optional(),
    max: z.number().optional(),
    on,
    reported: z.literal('accepted').optional(),
  }),
  z.strictObject({
    kind: z.literal('champion'),
    metric,
    better_by: z.strictObject({ unit: z.enum(['standard_errors', 'metric']), value: z.number() }).optional(),
    no_worse_than: z.number().nonnegative().optional(),
    on,
  }),
  z.strictObject({
    kind: z.literal('slice'),
    slice: z.string(),
    metric,
    min: z.number().optional(),
    max: z.number().optional(),
    least_rows: z.number().int().nonnegative(),
    on,
  }),
  z.strictObject({
    kind: z.literal('output'),
    min: z.number().optional(),
    max: z.number().optional(),
    share: z.number().min(0).max(1),
    on,
  }),
  z.strictObject({ kind: z.literal('latency'), p99_ms: z.number().positive() }),
]);
const definition = z.strictObject({
  model: z.string(),
  criteria: z.array(criterion).min(1).max(100),
  approvals: z.record(z.string(), z.number().int().min(0).max(10)),
});
const evidence = z.object({
  criterion: z.string(),
  metric: z.string(),
  slice: z.string().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  rows: z.number().nullable(),
  rival: z.object({ name: z.string(), value: z.number().nullable() }).nullable(),
  limit: z.string(),
  holds: z.boolean(),
  reported: z.literal(true).optional().describe('the value is what a client reported, and nobody here measured it'),
  reason: z.string(),
});
const verdict = z.object({
  id: z.string(),
  gate: z.string(),
  gate_revision: z.number(),
  version_id: z.string(),
  model: z.string(),
  version: z.number(),
  champion: z.number().nullable(),
  result: z.enum(['pass', 'fail', 'needs approval']),
  approvals: z.record(z.string(), z.number()),
  evidence: z.array(evidence),
  evidence_digest: z.string(),
  event: z.number(),
  created_at_ms: z.number(),
});

/** The HTTP operations of `gates`. */
export const gates = {
  list: endpoint({
    id: 'gates.list',
    method: 'GET',
    path: `${base}/gates`,
    summary: 'List the gates of a project with their criteria.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(definitionOf(definition)) }),
  }),
  define: endpoint({
    id: 'gates.define',
    method: 'PUT',
    path: `${base}/gates/:gate`,
    summary: 'Set the criteria of a gate. Versions whose making began earlier are judged as not counting.',
    permission: 'admin',
    params: oneOf('gate'),
    body: definition,
    response: definitionChange,
  }),
  evaluate: endpoint({
    id: 'gates.evaluate',
    method: 'POST',
    path: `${base}/gates/:gate/evaluate`,
    summary: 'Measure a version against a gate and keep the verdict with all its figures.',
    permission: 'write',
    params: oneOf('gate'),
    body: z.object({ model: z.string(), version: z.number().int().positive() }),
    response: verdict,
    errors: ['not_found'],
  }),
  verdicts: endpoint({
    id: 'gates.verdicts',
    method: 'GET',
    path: `${base}/verdicts`,
    summary: 'List verdicts with their evidence, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({
      ...page,
      limit: limitOf(500, 200),
      model: z.string().optional(),
      version: z.coerce.number().int().positive().optional(),
    }),
    response: z.object({ items: z.array(verdict), next: z.string().nullable() }),
  }),
} as const;
