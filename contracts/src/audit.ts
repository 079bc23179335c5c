import { z } from 'zod';
import { endpoint } from './endpoint.ts';

const projectParams = z.object({ project: z.string().max(64) });
const number = z.coerce.number().int().min(1);
const time_ms = z.coerce.number().int().min(0);

export const auditEvent = z.object({
  number: z.int(),
  at_ms: z.int(),
  type: z.string(),
  subject: z.string(),
  /** Who did it: kind, id and name as they were then. */
  caller: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** The person behind the caller, if there is one. */
  person: z.string().nullable(),
  /** The number of the event that made this happen. */
  cause: z.int().nullable(),
  request: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  note: z.string().nullable(),
  /** SHA-256 of the canonical JSON of the event. */
  digest: z.string(),
});

const listQuery = z.object({
  type: z.string().max(100).optional(),
  subject: z.string().max(200).optional(),
  /** Number of the event that led to them. */
  cause: number.optional(),
  /** The name of a caller. */
  caller: z.string().max(200).optional(),
  /** Found anywhere in type, subject or note. */
  text: z.string().max(200).optional(),
  from_ms: time_ms.optional(),
  to_ms: time_ms.optional(),
  before: number.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const listAnswer = z.object({
  events: z.array(auditEvent),
  /** Ask again with `before` set to this for what is older; null when there is no more. */
  next_before: z.int().nullable(),
});

/** The HTTP operations of `audit`. */
export const audit = {
  list: endpoint({
    id: 'audit.list',
    method: 'GET',
    path: '/api/v1/projects/:project/events',
    summary: 'What happened in a project, newest first.',
    permission: 'read',
    params: projectParams,
    query: listQuery,
    response: listAnswer,
  }),
  listAll: endpoint({
    id: 'audit.listAll',
    method: 'GET',
    path: '/api/v1/events',
    summary: 'What happened in the whole installation, newest first; sign-ins and accounts too.',
    permission: 'server-admin',
    query: listQuery,
    response: listAnswer,
  }),
  why: endpoint({
    id: 'audit.why',
    method: 'GET',
    path: '/api/v1/projects/:project/events/:number/why',
    summary: 'The chain of causes of an event as a story, first cause first.',
    permission: 'read',
    params: projectParams.extend({ number }),
    response: z.object({
      story: z.array(z.object({ number: z.int(), at_ms: z.int(), who: z.string(), what: z.string(), event: auditEvent })),
    }),
    errors: ['not_found'],
  }),
  stream: endpoint({
    id: 'audit.stream',
    method: 'GET',
    path: '/api/v1/projects/:project/events/stream',
    summary: 'The events of a project as they happen; resumes after `Last-Event-ID` or `after`.',
    permission: 'read',
    params: projectParams,
    query: z.object({ after: z.coerce.number().int().min(0).optional() }),
    answers: 'events',
  }),
} as const;
