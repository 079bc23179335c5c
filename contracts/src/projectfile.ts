import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { inProject } from './shapes.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** No password and no token, by whatever client: a remote is shown to everybody who may read runs. The user of SSH is no secret. */
const remote = z
  .string()
  .max(2000)
  .regex(/^(?:(?:git\+)?ssh:\/\/[^/@:]+@[^@]*|(?![^/]*:\/\/.*@).*)$/);
const code = z.object({
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable(),
  branch: z.string().min(1).max(250).nullable(),
  remote: remote.nullable(),
  dirty: z.boolean().nullable(),
  diff: digest.nullable().describe('Uncommitted changes of files that git tracks, an uploaded blob'),
  untracked: digest.nullable().describe('A list, as JSON, of the files that git does not track, an uploaded blob'),
  lock_files: z
    .record(z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/), digest)
    .refine((files) => Object.keys(files).length <= 50, 'at most 50 lock files')
    .describe('By name, as uploaded blobs'),
  notes: z
    .array(z.string().regex(/^[^\n]{1,500}$/))
    .max(12)
    .describe('What is missing and why'),
});
const change = z.object({
  action: z.enum(['create', 'change', 'retire', 'unretire', 'conflict']),
  kind: z.string(),
  name: z.string(),
  differences: z.array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
});

/** The HTTP operations of `projectfile`. */
export const projectfile = {
  apply: endpoint({
    id: 'projectfile.apply',
    method: 'POST',
    path: '/api/v1/projects/:project/apply',
    summary: 'Make the project equal to its project file, or with `plan` only say what would change. Blobs are uploaded before.',
    permission: 'admin',
    params: inProject,
    body: z.object({
      text: z.string().max(1_048_576).describe('The slipway.yaml as it is'),
      dataset_files: z
        .record(z.string(), z.array(z.object({ path: z.string(), digest })))
        .default({})
        .describe('By dataset: the files that its patterns match, as uploaded blobs'),
      pipeline_files: z
        .record(z.string(), z.record(z.string(), digest))
        .default({})
        .describe('By pipeline: the files that its steps use, path to digest'),
      commit: z.string().max(100).optional(),
      code: code.optional().describe('The state of the code that the project file lies in; runs that are started from it refer to it'),
      plan: z.boolean().default(false),
      take_over: z.boolean().default(false).describe('Overwrite what was edited in the web app or over the API'),
    }),
    bodyLimit_bytes: 16 * 2 ** 20,
    response: z.object({
      changes: z.array(change),
      lines: z.array(z.string()),
      applied: z.boolean(),
      dataset_versions: z.record(z.string(), z.number()),
    }),
    errors: ['project_file_invalid', 'project_file_conflict'],
  }),
} as const;
