import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { definitionChange, definitionOf, inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project/receivers';
const definition = z.strictObject({ webhook: z.string().min(1).max(2000) });
const state = z.enum(['waiting', 'delivered', 'failed']);

/** The HTTP operations of `notifications`. */
export const notifications = {
  list: endpoint({
    id: 'notifications.list',
    method: 'GET',
    path: base,
    summary: 'List who is told of incidents.',
    permission: 'read',
    params: inProject,
    response: z.object({ items: z.array(definitionOf(definition)) }),
  }),
  define: endpoint({
    id: 'notifications.define',
    method: 'PUT',
    path: `${base}/:receiver`,
    summary:
      'Set the address of a receiver. A name must lead to public addresses only; an address inside is written as such, and needs the right `execute`.',
    permission: 'admin',
    params: oneOf('receiver'),
    body: definition,
    response: definitionChange,
    errors: ['receiver_refused'],
  }),
  retire: endpoint({
    id: 'notifications.retire',
    method: 'DELETE',
    path: `${base}/:receiver`,
    summary: 'Retire a receiver; it is told nothing more.',
    permission: 'admin',
    params: oneOf('receiver'),
    status: 204,
    errors: ['not_found'],
  }),
  deliveries: endpoint({
    id: 'notifications.deliveries',
    method: 'GET',
    path: '/api/v1/projects/:project/deliveries',
    summary: 'List messages to receivers and what became of them, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({ ...page, limit: limitOf(200, 50), receiver: z.string().max(100).optional(), state: state.optional() }),
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          receiver: z.string(),
          event: z.number(),
          event_type: z.string(),
          state,
          attempts: z.number(),
          last_status: z.number().nullable(),
          last_error: z.string().nullable(),
          created_at_ms: z.number(),
          ended_at_ms: z.number().nullable(),
        }),
      ),
      next: z.string().nullable(),
    }),
  }),
} as const;
