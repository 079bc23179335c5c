import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { inProject } from './shapes.ts';

const base = '/api/v1/projects/:project/reports';
const name = z.string().min(1).max(100);
/** Of the years 100 to 9999: calendars of months go no further. */
const moment_ms = z.coerce.number().int().min(Date.UTC(100, 0)).max(Date.UTC(9999, 11));
const figure = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable(), rows: z.number() });
const entry = z.object({
  version: z.union([z.literal('served'), z.number()]),
  rows: z.number(),
  without_body: z.number(),
  metrics: z.record(z.string(), figure),
  mean_prediction: z.number().nullable(),
  observed_rate: z.number().nullable(),
});

const period = z.object({ label: z.string(), from_ms: z.number(), to_ms: z.number(), entries: z.array(entry) });

/** The HTTP operations of `reports`. */
export const reports = {
  performance: endpoint({
    id: 'reports.performance',
    method: 'GET',
    path: `${base}/performance`,
    summary: 'Quality by calendar month of what was answered, and of any version scored again on the same rows.',
    permission: 'read',
    params: inProject,
    query: z.object({
      deployment: name,
      from_ms: moment_ms.optional(),
      to_ms: moment_ms.optional(),
      by: z.enum(['month', 'all']).default('month'),
      versions: z
        .string()
        .regex(/^(served|[1-9]\d{0,8})(,(served|[1-9]\d{0,8})){0,9}$/)
        .default('served')
        .describe('`served` and numbers of versions, with commas.'),
      zone: z.string().max(100).optional(),
    }),
    response: z.object({
      deployment: z.string(),
      model: z.string(),
      zone: z.string(),
      periods: z.array(period),
      total: period.describe('The same over all rows of the periods.'),
    }),
    errors: ['not_found', 'nothing_to_report', 'report_too_large'],
  }),
  summary: endpoint({
    id: 'reports.summary',
    method: 'GET',
    path: `${base}/summary`,
    summary: 'What became of a project or of one deployment, in figures and plain sentences.',
    permission: 'read',
    params: inProject,
    query: z.object({ deployment: name.optional() }),
    response: z.object({
      deployment: z.string().nullable(),
      sentences: z.array(z.string()),
      figures: z.object({
        served: z.object({ ok: z.number(), refused: z.number(), failed: z.number() }),
        outcomes: z.number(),
        versions: z.number(),
        promotions: z.number(),
        rollbacks: z.number(),
        retrainings: z.number(),
        incidents: z.object({ opened: z.number(), resolved: z.number() }),
        investigations: z.number(),
        cpu_s: z.number(),
        gates: z.object({
          passed: z.number(),
          refused: z.array(z.object({ model: z.string(), version: z.number().nullable(), reason: z.string() })),
        }),
      }),
    }),
    errors: ['not_found'],
  }),
  turns: endpoint({
    id: 'reports.turns',
    method: 'GET',
    path: `${base}/turns`,
    summary: 'How often the loop of a project turned since its first day: retrainings that policies decided, promotions, ways back.',
    permission: 'read',
    params: inProject,
    response: z.object({ retrainings: z.number(), promotions: z.number(), rollbacks: z.number() }),
  }),
} as const;
