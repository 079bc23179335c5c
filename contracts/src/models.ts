import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, inProject, oneOf } from './shapes.ts';

const base = '/api/v1/projects/:project/models';
const definition = z.object({ owner: z.string().optional(), description: z.string().optional(), intended_use: z.string().optional() });
const file = z.object({ path: z.string(), digest: z.string(), bytes: z.number() });
const input = z.object({
  name: z.string(),
  kind: z.enum(['number', 'category']),
  integer: z.boolean(),
  unit: z.string().nullable(),
  nullable: z.boolean(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  categories: z.array(z.string()).nullable(),
});
const signature = z.object({
  task: z.enum(['regression', 'binary', 'multiclass', 'unknown']),
  classes: z.array(z.string()),
  target: z.string().nullable(),
  inputs: z.array(input),
});
const version = z.object({
  id: z.string(),
  model: z.string(),
  number: z.number(),
  digest: z.string(),
  flavor: z.enum(['onnx', 'mlflow', 'outside', 'prompt']),
  files: z.array(file),
  signature,
  profile_digest: z.string().nullable(),
  importance: z.record(z.string(), z.number()),
  run_id: z.string().nullable(),
  execution_id: z.string().nullable(),
  dataset_versions: z.array(z.object({ dataset: z.string(), number: z.number(), digest: z.string() })),
  outputs: z.record(z.string(), z.string()),
  code: z.object({ commit: z.string().nullable(), digest: z.string().nullable() }).nullable(),
  person: z.string().nullable(),
  started_event: z.number(),
  event: z.number(),
  created_at_ms: z.number(),
  retired_at_ms: z.number().nullable(),
});
const versionDetail = version.extend({
  aliases: z.array(z.string()),
  holds: z.array(z.object({ holder: z.string(), reason: z.string() })),
});
const summary = z.object({
  name: z.string(),
  definition,
  retired: z.boolean(),
  versions: z.number(),
  latest: z.number().nullable(),
  aliases: z.record(z.string(), z.number()),
});
const columnLimit = 4_000;
const classLimit = 1_000;
const name = z.string().min(1).max(255);
const addedFile = z.strictObject({
  file: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('digest of an uploaded blob: an ONNX file'),
  target: name.optional().describe('the column that it predicts'),
  classes: z.array(name).min(2).max(classLimit).optional().describe('labels in the order of the probabilities, where the file names none'),
  inputs: z.array(name).min(1).max(columnLimit).optional().describe('names for the columns of a model that takes one matrix'),
  description: z.string().max(10_000).optional().describe('of the model'),
  run: z.string().max(100).optional().describe('the run that logged this file: the version then names it, its data and its code'),
});
const versionParams = oneOf('model').extend({ version: z.coerce.number().int().positive() });
const aliasParams = oneOf('model').extend({ alias: z.string() });

/** The HTTP operations of `models`. */
export const models = {
  list: endpoint({
    id: 'models.list',
    method: 'GET',
    path: base,
    summary: 'List models with their aliases and newest version.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(summary) }),
  }),
  define: endpoint({
    id: 'models.define',
    method: 'PUT',
    path: `${base}/:model`,
    summary: 'Describe a model: owner, description, intended use.',
    permission: 'write',
    params: oneOf('model'),
    body: definition,
    response: definitionChange,
  }),
  versions: endpoint({
    id: 'models.versions',
    method: 'GET',
    path: `${base}/:model/versions`,
    summary: 'List the versions of a model, newest first.',
    permission: 'read',
    params: oneOf('model'),
    response: z.object({ items: z.array(version) }),
    errors: ['not_found'],
  }),
  add: endpoint({
    id: 'models.add',
    method: 'POST',
    path: `${base}/:model/versions`,
    summary:
      'Make a version of an uploaded ONNX file of another tool. It is read and tried first; the same file again is the same version.',
    permission: 'write',
    params: oneOf('model'),
    body: addedFile,
    response: z.object({ version, is_new: z.boolean() }),
    errors: ['not_found', 'model_file_refused'],
  }),
  version: endpoint({
    id: 'models.version',
    method: 'GET',
    path: `${base}/:model/versions/:version`,
    summary: 'Show a version: signature, lineage, aliases, who serves it.',
    permission: 'read',
    params: versionParams,
    response: versionDetail,
    errors: ['not_found'],
  }),
  retireVersion: endpoint({
    id: 'models.retireVersion',
    method: 'POST',
    path: `${base}/:model/versions/:version/retire`,
    summary: 'Retire a version. One that serves is refused, naming who serves it.',
    permission: 'write',
    params: versionParams,
    response: version,
    errors: ['not_found', 'version_in_use'],
  }),
  download: endpoint({
    id: 'models.download',
    method: 'GET',
    path: `${base}/:model/versions/:version/file`,
    summary: 'Read a file of a version, checked against its digest.',
    permission: 'read',
    params: versionParams,
    query: z.object({ path: z.string().default('model.onnx') }),
    answers: 'bytes',
    errors: ['not_found'],
  }),
  setAlias: endpoint({
    id: 'models.setAlias',
    method: 'PUT',
    path: `${base}/:model/aliases/:alias`,
    summary: 'Point an alias at a version. A protected one (champion of a deployed model) moves by deploying only.',
    permission: 'write',
    params: aliasParams,
    body: z.object({
      version: z.number().int().positive(),
      expected: z.number().int().positive().nullable().optional(),
      reason: z.string().max(2000).optional().describe('why; kept in the event'),
    }),
    status: 204,
    errors: ['not_found', 'alias_protected', 'version_retired', 'conflict'],
  }),
  deleteAlias: endpoint({
    id: 'models.deleteAlias',
    method: 'DELETE',
    path: `${base}/:model/aliases/:alias`,
    summary: 'Take an alias away.',
    permission: 'write',
    params: aliasParams,
    status: 204,
    errors: ['alias_protected'],
  }),
} as const;
