import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project';
const columnLimit = 2_000;
const fileLimit = 1_000;

const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, 64 lower-case hexadecimal digits');
const name = z.string().min(1).max(200);
const columnType = z.enum(['integer', 'number', 'text', 'boolean', 'timestamp', 'date']);
const role = z.enum(['feature', 'target', 'time', 'key', 'outcome only']);
const share = z.number().min(0).max(1);

const columnChecks = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  missing_share: share.optional().describe('At most this share of the values is missing'),
  missing_below_share: share.optional().describe('Less than this share of the values is missing'),
  one_of: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .max(1_000)
    .optional(),
  unique: z.boolean().optional(),
  type: columnType.optional(),
});
const bounds = z.strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(1).optional() });
const byColumn = <T extends z.ZodType>(value: T) =>
  z.record(name, value).refine((entries) => Object.keys(entries).length <= columnLimit, `at most ${columnLimit} columns`);

const definition = z.strictObject({
  files: z.array(z.string().max(1_000)).max(fileLimit).default([]).describe('Paths and patterns of the project folder, for those who add'),
  grows_from: z.strictObject({ deployment: z.string() }).optional(),
  time: name.optional().describe('Column of the event time'),
  zone: z.string().max(100).optional().describe('IANA zone of times that name no offset; UTC by default'),
  target: name.optional(),
  key: z.array(name).max(100).default([]),
  outcome_only: z.array(name).max(columnLimit).default([]).describe('Columns known only with the outcome: never features'),
  units: byColumn(z.string().max(40)).default({}),
  rows: bounds.optional(),
  checks: byColumn(columnChecks).default({}),
});

const check = z.object({
  check: z.string().describe('min, max, missing_share, missing_below_share, one_of, unique, type, time, rows_min, rows_max or schema'),
  column: z.string().nullable(),
  holds: z.boolean(),
  found: z.string(),
  expected: z.string(),
});
const column = z.object({ name: z.string(), type: columnType, role, unit: z.string().optional(), nullable: z.boolean() });
const source = z.union([
  z.object({ kind: z.literal('files') }),
  z.object({
    kind: z.literal('grown'),
    base: z.number().describe('Version that it grew from'),
    deployment: z.string(),
    served_rows: z.number().describe('Rows that were served and got their outcome'),
    until_ms: z.number(),
  }),
]);
const summary = z.object({
  number: z.number(),
  digest: z.string(),
  rows: z.number(),
  bytes: z.number(),
  source,
  checks: z.object({ all: z.number(), failed: z.number() }),
  event: z.number(),
  created_at_ms: z.number(),
});
const version = z.object({
  id: z.string(),
  dataset: z.string(),
  number: z.number(),
  digest: z.string(),
  rows: z.number(),
  bytes: z.number().describe('Of the table as Parquet'),
  schema: z.array(column),
  profile_digest: z.string(),
  parquet_digest: z.string(),
  files: z.array(z.object({ path: z.string(), digest: z.string(), bytes: z.number() })),
  source,
  checks: z.array(check),
  person: z.string().nullable(),
  event: z.number(),
  created_at_ms: z.number(),
});

const numberProfile = z.object({
  kind: z.literal('number'),
  rows: z.number(),
  missing: z.number(),
  infinite: z.number(),
  distinct: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  std: z.number().nullable(),
  quantiles: z.array(z.number()).describe('1001 points, from the least to the greatest value; times are UTC milliseconds'),
  tails: z.object({ low: z.array(z.number()), high: z.array(z.number()) }),
  histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number()) }),
  isInteger: z.boolean(),
  topValues: z.array(z.tuple([z.number(), z.number()])),
});
const categoryProfile = z.object({
  kind: z.literal('category'),
  rows: z.number(),
  missing: z.number(),
  distinct: z.number(),
  distinctExact: z.boolean(),
  top: z.array(z.tuple([z.string(), z.number()])),
  other: z.number(),
});
const profiled = column.extend({ profile: z.union([numberProfile, categoryProfile]) });

const drift = z.object({
  column: z.string(),
  method: z.string(),
  scoreIs: z.enum(['p', 'distance']),
  score: z.number(),
  threshold: z.number(),
  drifted: z.boolean(),
  strength: z.number().describe('Distance above chance, in units of the distance threshold; for ranking'),
  missing: z.object({ reference: z.number(), current: z.number() }),
  reason: z.string().nullable(),
});
const plainColumn = z.object({ name: z.string(), type: columnType });
const diff = z.object({
  from: z.number(),
  to: z.number(),
  rows: z.object({ before: z.number(), after: z.number() }),
  columns: z.object({
    added: z.array(plainColumn),
    removed: z.array(plainColumn),
    retyped: z.array(z.object({ name: z.string(), before: columnType, after: columnType })),
    roles: z.array(z.object({ name: z.string(), before: role, after: role })),
  }),
  files: z.object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) }),
  drift: z.array(drift).describe('Columns of both versions, the strongest first'),
  checks: z.array(
    z.object({ check: z.string(), column: z.string().nullable(), before: z.boolean().nullable(), after: z.boolean().nullable() }),
  ),
});

const versionParams = oneOf('dataset').extend({ version: z.string().regex(/^(latest|[1-9]\d{0,8})$/) });
const versionNumber = z.coerce.number().int().min(1).max(999_999_999);

/** The HTTP operations of `datasets`, and of the files that any noun is made of. */
export const datasets = {
  putBlob: endpoint({
    id: 'datasets.putBlob',
    method: 'PUT',
    path: `${base}/blobs`,
    summary: 'Store the body under its digest. What nothing names is removed after a day.',
    permission: 'write',
    params: inProject,
    query: z.object({ digest: digest.optional() }),
    bodyKind: 'bytes',
    bodyLimit_bytes: 5 * 2 ** 30,
    response: z.object({ digest: z.string(), bytes: z.number() }),
    errors: ['digest_mismatch', 'blob_too_large', 'storage_full'],
  }),
  missingBlobs: endpoint({
    id: 'datasets.missingBlobs',
    method: 'POST',
    path: `${base}/blobs/missing`,
    summary: 'Which of these files are still to be uploaded.',
    permission: 'write',
    params: inProject,
    body: z.object({ digests: z.array(digest).max(10_000) }),
    response: z.object({ missing: z.array(z.string()) }),
  }),
  list: endpoint({
    id: 'datasets.list',
    method: 'GET',
    path: `${base}/datasets`,
    summary: 'List datasets with their newest version.',
    permission: 'read',
    params: inProject,
    response: z.object({
      items: z.array(
        z.object({ name: z.string(), definition, managed_by: z.enum(['file', 'ui']), retired: z.boolean(), latest: summary.nullable() }),
      ),
    }),
  }),
  define: endpoint({
    id: 'datasets.define',
    method: 'PUT',
    path: `${base}/datasets/:dataset`,
    summary: 'Say what the columns of a dataset mean and what must hold of them.',
    permission: 'write',
    params: oneOf('dataset'),
    body: definition,
    response: definitionChange,
    errors: ['dataset_roles_clash'],
  }),
  addVersion: endpoint({
    id: 'datasets.addVersion',
    method: 'POST',
    path: `${base}/datasets/:dataset/versions`,
    summary: 'Make uploaded files a version. The same files again are the same version.',
    permission: 'write',
    params: oneOf('dataset'),
    body: z.object({
      files: z
        .array(z.object({ path: z.string(), digest }))
        .min(1)
        .max(fileLimit),
    }),
    response: z.object({ version, is_new: z.boolean() }),
    errors: [
      'not_found',
      'dataset_column_unknown',
      'file_broken_row',
      'file_wrong_value',
      'file_no_header',
      'files_disagree',
      'storage_full',
    ],
  }),
  versions: endpoint({
    id: 'datasets.versions',
    method: 'GET',
    path: `${base}/datasets/:dataset/versions`,
    summary: 'List the versions of a dataset, newest first.',
    permission: 'read',
    params: oneOf('dataset'),
    query: z.object({ ...page, limit: limitOf(100) }),
    response: z.object({ items: z.array(summary), next: z.string().nullable() }),
    errors: ['not_found'],
  }),
  version: endpoint({
    id: 'datasets.version',
    method: 'GET',
    path: `${base}/datasets/:dataset/versions/:version`,
    summary: 'Show a version: columns with their roles, checks, source, files.',
    permission: 'read',
    params: versionParams,
    response: version,
    errors: ['not_found'],
  }),
  profile: endpoint({
    id: 'datasets.profile',
    method: 'GET',
    path: `${base}/datasets/:dataset/versions/:version/profile`,
    summary: 'Counts, missing values, quantiles, histogram and top values of each column.',
    permission: 'read',
    params: versionParams,
    query: z.object({ column: z.string().optional().describe('Only this one') }),
    response: z.object({ rows: z.number(), columns: z.array(profiled) }),
    errors: ['not_found', 'column_not_found'],
  }),
  preview: endpoint({
    id: 'datasets.preview',
    method: 'GET',
    path: `${base}/datasets/:dataset/versions/:version/preview`,
    summary: 'Some rows of a version.',
    permission: 'read',
    params: versionParams,
    query: z.object({ offset: z.coerce.number().int().min(0).default(0), limit: limitOf(500, 50) }),
    response: z.object({
      columns: z.array(plainColumn),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
      total_rows: z.number(),
    }),
    errors: ['not_found'],
  }),
  diff: endpoint({
    id: 'datasets.diff',
    method: 'GET',
    path: `${base}/datasets/:dataset/diff`,
    summary: 'What changed from one version to another: columns, rows, files, drift of each column, checks.',
    permission: 'read',
    params: oneOf('dataset'),
    query: z.object({ from: versionNumber, to: versionNumber }),
    response: diff,
    errors: ['not_found'],
  }),
  download: endpoint({
    id: 'datasets.download',
    method: 'GET',
    path: `${base}/datasets/:dataset/versions/:version/file`,
    summary: 'Read a file of a version as it was added, checked against its digest.',
    permission: 'read',
    params: versionParams,
    query: z.object({ path: z.string() }),
    answers: 'bytes',
    errors: ['not_found'],
  }),
} as const;
