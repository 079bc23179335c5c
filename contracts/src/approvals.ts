import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { inProject, limitOf, oneOf, page } from './shapes.ts';

const base = '/api/v1/projects/:project/approvals';
const state = z.enum(['requested', 'granted', 'refused', 'void']);
const decision = z.enum(['approve', 'refuse']);
const approval = z.object({
  id: z.string(),
  version_id: z.string(),
  model: z.string(),
  version: z.number(),
  environment: z.string(),
  verdict_event: z.number(),
  evidence_digest: z.string(),
  needed: z.number(),
  state,
  excluded: z.array(z.string()),
  decisions: z.array(z.object({ person: z.string(), name: z.string(), decision, reason: z.string(), at_ms: z.number() })),
  event: z.number(),
  created_at_ms: z.number(),
  decided_at_ms: z.number().nullable(),
});

/** The HTTP operations of `approvals`. */
export const approvals = {
  list: endpoint({
    id: 'approvals.list',
    method: 'GET',
    path: base,
    summary: 'List approvals, newest first.',
    permission: 'read',
    params: inProject,
    query: z.object({ ...page, limit: limitOf(500, 200), state: state.optional() }),
    response: z.object({ items: z.array(approval), next: z.string().nullable() }),
  }),
  get: endpoint({
    id: 'approvals.get',
    method: 'GET',
    path: `${base}/:approval`,
    summary: 'Show an approval and who decided what.',
    permission: 'read',
    params: oneOf('approval'),
    response: approval,
    errors: ['not_found'],
  }),
  decide: endpoint({
    id: 'approvals.decide',
    method: 'POST',
    path: `${base}/:approval/decide`,
    summary: 'Approve or refuse a release. Whoever asked for it may not.',
    permission: 'approve',
    params: oneOf('approval'),
    body: z.object({ decision, reason: z.string().max(2000).default('') }),
    response: approval,
    errors: ['not_found', 'second_person_needed', 'approval_closed'],
  }),
} as const;
