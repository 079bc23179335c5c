import { z } from 'zod';
import { endpoint } from './endpoint.ts';

const readiness = z.object({
  ready: z.boolean(),
  /** Each check by name: `ok`, or why it is not. */
  checks: z.record(z.string(), z.string()),
  /** What an operator should look at although the server can work, by name. */
  notes: z.record(z.string(), z.string()),
});

/** The HTTP operations of `system`: is it up, is it well, what does it offer. */
export const system = {
  live: endpoint({
    id: 'system.live',
    method: 'GET',
    path: '/livez',
    summary: 'Whether the process answers; touches no disk.',
    permission: 'public',
    response: z.object({ live: z.literal(true) }),
  }),
  ready: endpoint({
    id: 'system.ready',
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the server can do its work: 200, or 503 with the checks that fail.',
    permission: 'public',
    response: readiness,
  }),
  health: endpoint({
    id: 'system.health',
    method: 'GET',
    path: '/health',
    summary: 'The text `OK` while the process answers.',
    permission: 'public',
    answers: 'bytes',
  }),
  version: endpoint({
    id: 'system.version',
    method: 'GET',
    path: '/version',
    summary: 'The version of MLflow that is spoken here, for its clients; our own stands in the OpenAPI description.',
    permission: 'public',
    answers: 'bytes',
  }),
  metrics: endpoint({
    id: 'system.metrics',
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the Prometheus text format.',
    permission: 'signed-in',
    answers: 'bytes',
  }),
  openapi: endpoint({
    id: 'system.openapi',
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This description, OpenAPI 3.1.',
    permission: 'public',
    response: z.record(z.string(), z.unknown()),
  }),
} as const;
