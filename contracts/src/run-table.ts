import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { inProject, limitOf, oneOf } from './shapes.ts';

const base = '/api/v1/projects/:project';
const listOf = (most: number) =>
  z
    .string()
    .max(most * 260)
    .transform((text) => text.split(',').filter(Boolean))
    .refine((parts) => parts.length <= most, `at most ${most} names`);
const scope = {
  experiment: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  deleted: z.stringbool().optional(),
};
const filter = z.string().max(4000).optional().describe('as in `pr_auc > 0.80 and params.depth = 8 and status = failed`');
/** A metric's NaN and infinities travel as text. */
const cell = z.union([z.number(), z.string(), z.null()]);

/** Runs as a table: which, in which order, and the asked cells of some of them. */
export const runTable = {
  find: endpoint({
    id: 'runs.find',
    method: 'GET',
    path: `${base}/runs/find`,
    summary: 'Which runs a filter keeps, in the asked order, as the small numbers that the table is read by; all of them, not a page.',
    permission: 'read',
    params: inProject,
    query: z.object({
      ...scope,
      filter,
      order: z.string().max(2000).optional().describe('as in `-pr_auc,params.depth`; missing ones come last; default `-started`'),
    }),
    response: z.object({
      total: z.number().describe('Runs before the filter'),
      runs: z.array(z.number()),
      lacking: z
        .array(z.object({ name: z.string(), runs: z.number() }))
        .describe('Metrics and params that the filter compares and some runs do not have: how many; such a comparison is false for them'),
    }),
    errors: ['filter_not_understood'],
  }),
  table: endpoint({
    id: 'runs.table',
    method: 'GET',
    path: `${base}/runs/table`,
    summary: 'The asked columns of runs, each as one list: of the named runs, or of all that a filter keeps, paged by key.',
    permission: 'read',
    params: inProject,
    query: z.object({
      ...scope,
      filter,
      runs: listOf(200).optional().describe('numbers from `runs.find`, joined by commas'),
      columns: listOf(100).describe('names joined by commas, as in `id,name,status,metrics.pr_auc,metrics.pr_auc@max,params.depth`'),
      cursor: z.string().optional(),
      limit: limitOf(2000),
    }),
    response: z.object({
      runs: z.array(z.number()),
      columns: z.record(z.string(), z.array(cell)),
      next: z.string().nullable().describe('A page holds at most 20,000 cells'),
    }),
    errors: ['filter_not_understood'],
  }),
  columns: endpoint({
    id: 'runs.columns',
    method: 'GET',
    path: `${base}/runs/columns`,
    summary: 'The metrics, params and tags that runs have, with how many have each; at most a minute old.',
    permission: 'read',
    params: inProject,
    query: z.object({ ...scope, newest: z.coerce.number().int().min(1).max(1000).optional().describe('look at the newest runs only') }),
    response: z.object({
      total: z.number().describe('Runs that were looked at'),
      items: z.array(z.object({ name: z.string(), runs: z.number(), differs: z.boolean() })),
    }),
  }),
  buckets: endpoint({
    id: 'runs.buckets',
    method: 'GET',
    path: `${base}/runs/:run/buckets`,
    summary: 'A metric over steps or time, every point counted: count, first, last, minimum, maximum and mean for each column of pixels.',
    permission: 'read',
    params: oneOf('run'),
    query: z.object({
      key: z.string(),
      width: z.coerce.number().int().min(1).max(4000).default(600).describe('columns of pixels'),
      axis: z.enum(['step', 'time']).default('step'),
      from: z.coerce.number().int().optional(),
      to: z.coerce.number().int().optional(),
    }),
    response: z.object({
      axis: z.enum(['step', 'time']),
      from: z.number().nullable().describe('Null when there is no point'),
      to: z.number().nullable(),
      size: z.number().describe('Steps or milliseconds in one bucket; 1 when each has its own'),
      points: z.number().describe('All points of the range; NaN among them'),
      not_numbers: z.number(),
      at: z.array(z.number()).describe('Where each bucket begins; one without a point is left out'),
      count: z.array(z.number()),
      first: z.array(cell),
      last: z.array(cell),
      minimum: z.array(cell),
      maximum: z.array(cell),
      mean: z.array(cell),
    }),
    errors: ['not_found'],
  }),
  curves: endpoint({
    id: 'runs.curves',
    method: 'GET',
    path: `${base}/runs/curves`,
    summary: 'A metric of many runs over one range of steps, every point counted: minimum, maximum and mean for each column of pixels.',
    permission: 'read',
    params: inProject,
    query: z.object({
      key: z.string(),
      runs: listOf(1000).describe('numbers from `runs.find`, joined by commas'),
      width: z.coerce.number().int().min(1).max(4000).default(400).describe('columns of pixels'),
      from: z.coerce.number().int().optional().describe('first step; default the first that any of the runs has'),
      to: z.coerce.number().int().optional().describe('last step; default the last that any of the runs has'),
    }),
    response: z.object({
      from: z.number().nullable().describe('Null when there is no point'),
      to: z.number().nullable(),
      size: z.number().describe('Steps in one bucket'),
      read: z
        .number()
        .describe('An answer is about so many of the named runs, from the first on: ask for the others with its `from` and `to`'),
      curves: z.array(
        z.object({
          run: z.number(),
          id: z.string(),
          name: z.string(),
          points: z.number().describe('All points of the range; NaN among them'),
          not_numbers: z.number(),
          bucket: z
            .array(z.number())
            .describe('Counted from 0; bucket n begins at step `from + n * size`; one without a point is left out'),
          minimum: z.array(cell),
          maximum: z.array(cell),
          mean: z.array(cell),
        }),
      ),
    }),
  }),
} as const;
