import { z } from 'zod';
import { endpoint } from './endpoint.ts';

const base = '/api/v1/operations';

const check = z.object({
  check: z.string(),
  ok: z.boolean(),
  /** What was looked at, or what is wrong. */
  found: z.string(),
  /** What to do now; null when all is well. */
  todo: z.string().nullable(),
});
const blobCount = z.object({ blobs: z.number(), bytes: z.number() });
const manifest = z.object({
  format: z.literal(2),
  version: z.string().describe('Of the Slipway that made it'),
  installation: z.string().describe('Digest of the first event: the same after a restore, and of no other installation'),
  created_at_ms: z.number().describe('When the database was copied: every write acknowledged before is in it'),
  schema: z.string().describe('Name of the last step of the schema'),
  database: z.object({ bytes: z.number(), digest: z.string() }),
  blobs: blobCount.extend({ digest: z.string().describe('SHA-256 of blobs.txt, which names every file with its size') }),
  counts: z.object({ projects: z.number(), events: z.number() }),
  rows: z.record(z.string(), z.number()).describe('Of each table'),
});
const results = {
  backup: z.object({
    folder: z.string(),
    manifest,
    checks: z.array(check),
    copied: blobCount.describe('Files that the backups before did not have'),
    removed: z.array(z.string()).describe('Older backups that went, as more than are kept'),
  }),
  gc: blobCount.extend({ applied: z.boolean(), live: z.number().describe('Digests that something names') }),
  doctor: z.object({ ok: z.boolean(), checks: z.array(check) }),
};
const common = {
  id: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  progress: z.object({ doing: z.string(), done: z.number(), of: z.number().nullable() }),
  error: z.string().nullable(),
  started_at_ms: z.number(),
  ended_at_ms: z.number().nullable(),
};
const operation = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('backup'), result: results.backup.nullable() }),
  z.object({ ...common, kind: z.literal('gc'), result: results.gc.nullable() }),
  z.object({ ...common, kind: z.literal('doctor'), result: results.doctor.nullable() }),
]);
const started = z.object({ id: z.string() });

/** The HTTP operations of `operations`: what keeps an installation well. Each start answers at once; `get` tells how far it is. */
export const operations = {
  backup: endpoint({
    id: 'operations.backup',
    method: 'POST',
    path: `${base}/backup`,
    summary: 'Copy everything into the folder that `up --backups` named, and examine the copy.',
    permission: 'server-admin',
    response: started,
    status: 202,
    errors: ['backups_not_configured'],
  }),
  backups: endpoint({
    id: 'operations.backups',
    method: 'GET',
    path: '/api/v1/backups',
    summary: 'The backups that are kept, newest first, when the next one is due, and what is wrong with them.',
    permission: 'server-admin',
    response: z.object({
      backups: z
        .object({
          folder: z.string(),
          every_ms: z.number(),
          keep: z.number(),
          next_at_ms: z.number(),
          problem: z.string().nullable(),
          items: z.array(z.object({ name: z.string(), created_at_ms: z.number(), files: z.number(), bytes: z.number() })),
          unreadable: z.array(z.string()).describe('Complete once, and changed since: they cannot be restored'),
        })
        .nullable()
        .describe('Null where `up` named no folder'),
    }),
  }),
  gc: endpoint({
    id: 'operations.gc',
    method: 'POST',
    path: `${base}/gc`,
    summary: 'Count the files that nothing names any more, and with `apply` remove them. What is younger than a day stays.',
    permission: 'server-admin',
    body: z.object({ apply: z.boolean().default(false) }),
    response: started,
    status: 202,
    errors: ['clock_moved_back'],
  }),
  doctor: endpoint({
    id: 'operations.doctor',
    method: 'POST',
    path: `${base}/doctor`,
    summary: 'Check what must always hold: the database, the files, the pointers between them.',
    permission: 'server-admin',
    body: z.object({ deep: z.boolean().default(false).describe('Hash every file again') }),
    response: started,
    status: 202,
  }),
  list: endpoint({
    id: 'operations.list',
    method: 'GET',
    path: base,
    summary: 'The operations since the server started, newest first; how each ended is in the audit trail.',
    permission: 'server-admin',
    response: z.object({ items: z.array(operation) }),
  }),
  get: endpoint({
    id: 'operations.get',
    method: 'GET',
    path: `${base}/:operation`,
    summary: 'One operation: how far it is, and what came of it.',
    permission: 'server-admin',
    params: z.object({ operation: z.string().max(100) }),
    response: operation,
    errors: ['not_found'],
  }),
  usage: endpoint({
    id: 'operations.usage',
    method: 'GET',
    path: '/api/v1/usage',
    summary: 'What takes the space, by project and kind. Files that two things name are stored once.',
    permission: 'server-admin',
    response: z.object({
      projects: z.array(z.object({ project: z.string(), kind: z.string(), files: z.number(), bytes: z.number() })),
      stored: z.array(z.object({ what: z.string(), bytes: z.number() })).describe('On disk, of the whole installation'),
      disk: z.object({ free_bytes: z.number(), bytes: z.number() }),
    }),
  }),
} as const;
