import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, definitionOf, inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project/monitors';
const incidentsBase = '/api/v1/projects/:project/incidents';
const name = z.string().min(1).max(100);
const limits = z.strictObject({ min: z.number().optional(), max: z.number().optional() });
const definition = z.strictObject({
  deployment: name,
  window_ms: z.number().int().positive(),
  every_ms: z.number().int().positive(),
  drift: z.union([
    z.enum(['default', 'none']),
    z.strictObject({ columns: z.record(z.string(), z.strictObject({ max: z.number().nonnegative().optional() })) }),
  ]),
  performance: z.record(z.string(), limits),
  estimate: z.boolean(),
  notify: z.array(name).max(20),
});
const severity = z.enum(['incident', 'watch', 'none']);
const figure = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });
const drift = z.object({
  method: z.string(),
  scoreIs: z.enum(['p', 'distance']),
  score: z.number(),
  threshold: z.number(),
  drifted: z.boolean(),
  strength: z.number(),
  p: z.number().nullable(),
  rows: z.object({ reference: z.number(), current: z.number() }),
  binning: z.string(),
  fill: z.string(),
  reason: z.string().nullable(),
});
const measurements = z
  .object({
    window: z.object({ from_ms: z.number(), to_ms: z.number() }),
    version: z.number(),
    served: z.object({ ok: z.number(), refused: z.number(), failed: z.number() }),
    rows_by_version: z.record(z.string(), z.number()),
    outcomes: z.number(),
    coverage: z.number(),
    outcomes_unknown: z.number(),
    sampled_share: z.number(),
    rows_with_body: z.number(),
    violations: z.record(z.string(), z.number()),
    warnings: z.record(z.string(), z.object({ unseen: z.number(), out_of_range: z.number(), missing: z.number() })),
    missing: z.record(z.string(), z.object({ current: z.number(), reference: z.number().nullable() })),
    drift: z.record(z.string(), drift),
    prediction_drift: drift.nullable(),
    no_reference: z.string().nullable(),
    quality: z.record(z.string(), figure.extend({ rows: z.number() })),
    estimated: z.record(z.string(), figure).nullable(),
    slices: z.record(z.string(), z.record(z.string(), z.object({ rows: z.number(), loss: z.number(), expected: z.number().nullable() }))),
  })
  .describe('Shares are from 0 to 1. `estimated` figures assume that what the inputs mean did not change.');
const breach = z.object({
  metric: z.string(),
  source: z.enum(['realised', 'estimated']),
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  limit: z.object({ kind: z.enum(['min', 'max']), value: z.number() }),
  since_ms: z.number(),
});
const watched = z.object({
  kind: z.enum(['column', 'prediction']),
  name: z.string(),
  method: z.string(),
  score: z.number(),
  threshold: z.number(),
  strength: z.number(),
  since_ms: z.number(),
});
const result = z.object({
  id: z.string(),
  monitor: z.string(),
  deployment: z.string(),
  revision: z.number(),
  version: z.number(),
  window_from_ms: z.number(),
  window_to_ms: z.number(),
  severity,
  asked: z.boolean(),
  skipped: z.number(),
  measurements,
  judgement: z.object({
    severity,
    breaches: z.array(breach),
    held: z.array(z.string()),
    unjudged: z.array(z.object({ metric: z.string(), reason: z.string() })),
    watch: z.array(watched),
    drift_judged: z.boolean(),
    estimates_beyond: z.array(z.string()),
  }),
  event: z.number(),
  created_at_ms: z.number(),
});
const note = z.object({ by: z.string(), person: z.string().nullable(), reason: z.string(), at_ms: z.number() });
const incidentSeverity = z.enum(['incident', 'watch']);
const state = z.enum(['open', 'acknowledged', 'resolved']);
const incident = z.object({
  id: z.string(),
  monitor: z.string(),
  deployment: z.string(),
  severity: incidentSeverity.describe('`watch` is an investigation entry: drift alone, listed and never notified.'),
  state,
  version: z.number(),
  since_ms: z.number().describe('End of the first window of the unbroken series.'),
  last_to_ms: z.number(),
  windows: z.number(),
  breaches: z.array(breach),
  watch: z.array(watched),
  causes: z.array(
    z.object({
      kind: z.enum(['column', 'slice']),
      column: z.string(),
      value: z.string().nullable(),
      share: z.number(),
      weight: z.number(),
      since_ms: z.number().nullable(),
      text: z.string(),
    }),
  ),
  acknowledged: note.nullable(),
  resolved: note.nullable(),
  opened_event: z.number(),
  created_at_ms: z.number(),
});
const reason = z.object({ reason: z.string().max(2000).default('') });

/** The HTTP operations of `monitors`. */
export const monitors = {
  list: endpoint({
    id: 'monitors.list',
    method: 'GET',
    path: base,
    summary: 'List the monitors of a project with their limits.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(definitionOf(definition)) }),
  }),
  define: endpoint({
    id: 'monitors.define',
    method: 'PUT',
    path: `${base}/:monitor`,
    summary: 'Set what a monitor looks after and its limits.',
    permission: 'write',
    params: oneOf('monitor'),
    body: definition,
    response: definitionChange,
  }),
  retire: endpoint({
    id: 'monitors.retire',
    method: 'DELETE',
    path: `${base}/:monitor`,
    summary: 'Retire a monitor. What it found stays readable.',
    permission: 'write',
    params: oneOf('monitor'),
    status: 204,
    errors: ['not_found'],
  }),
  results: endpoint({
    id: 'monitors.results',
    method: 'GET',
    path: `${base}/:monitor/results`,
    summary: 'List what a monitor measured and how it judged that, newest window first.',
    permission: 'read',
    params: oneOf('monitor'),
    query: z.object({ ...page, limit: limitOf(100, 20) }),
    response: z.object({ items: z.array(result), next: z.string().nullable() }),
    errors: ['not_found'],
  }),
  check: endpoint({
    id: 'monitors.check',
    method: 'POST',
    path: `${base}/:monitor/check`,
    summary: 'Check the window that ends now, besides the schedule.',
    permission: 'write',
    params: oneOf('monitor'),
    response: result,
    errors: ['not_found', 'nothing_to_check'],
  }),
  incidents: endpoint({
    id: 'monitors.incidents',
    method: 'GET',
    path: incidentsBase,
    summary: 'List incidents and investigation entries, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({
      ...page,
      limit: limitOf(200, 50),
      monitor: name.optional(),
      deployment: name.optional(),
      severity: incidentSeverity.optional(),
      state: state.optional(),
    }),
    response: z.object({ items: z.array(incident), next: z.string().nullable() }),
  }),
  incident: endpoint({
    id: 'monitors.incident',
    method: 'GET',
    path: `${incidentsBase}/:incident`,
    summary: 'Show an incident with its probable causes.',
    permission: 'read',
    params: oneOf('incident'),
    response: incident,
    errors: ['not_found'],
  }),
  acknowledge: endpoint({
    id: 'monitors.acknowledge',
    method: 'POST',
    path: `${incidentsBase}/:incident/acknowledge`,
    summary: 'Take note of an incident, with a reason.',
    permission: 'write',
    params: oneOf('incident'),
    body: reason,
    response: incident,
    errors: ['not_found', 'incident_resolved'],
  }),
  resolve: endpoint({
    id: 'monitors.resolve',
    method: 'POST',
    path: `${incidentsBase}/:incident/resolve`,
    summary: 'Close an incident by hand, with a reason. The next bad window opens another.',
    permission: 'write',
    params: oneOf('incident'),
    body: reason,
    response: incident,
    errors: ['not_found'],
  }),
} as const;
