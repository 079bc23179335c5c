import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { inProject, limitOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project';
const trigger = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('performance') }),
  z.object({ kind: z.literal('calibration') }),
  z.object({ kind: z.literal('age'), age_ms: z.number() }),
]);

/** The HTTP operations of `automations`. */
export const automations = {
  list: endpoint({
    id: 'automations.list',
    method: 'GET',
    path: `${base}/retrainings`,
    summary: 'List the policies that train again by themselves.',
    permission: 'read',
    params: inProject,
    response: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          retired: z.boolean(),
          revision: z.number(),
          definition: z.object({
            deployment: z.string(),
            pipeline: z.string(),
            when: z.array(trigger),
            cooldown_ms: z.number(),
            budget: z.object({ cpu_per_month_ms: z.number() }).optional(),
          }),
        }),
      ),
    }),
  }),
  decisions: endpoint({
    id: 'automations.decisions',
    method: 'GET',
    path: `${base}/retrainings/decisions`,
    summary: 'Every decision to train again or to wait, with its reason, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({ ...page, limit: limitOf(500) }),
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          policy: z.string(),
          trigger: z.string(),
          action: z.enum(['start', 'skip']),
          reason: z.string(),
          clock_ms: z.number(),
          event: z.number(),
        }),
      ),
      next: z.string().nullable(),
    }),
  }),
  due: endpoint({
    id: 'automations.due',
    method: 'GET',
    path: `${base}/due`,
    summary: 'How much work is due or under way by itself. Zero: nothing happens until time moves or somebody acts.',
    permission: 'read',
    params: inProject,
    response: z.object({ due: z.number(), approvals: z.number().describe('Approvals that wait for a person') }),
  }),
} as const;
