import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { Approvals } from './index.ts';

export function approvalsRoutes({ approvals }: { readonly approvals: Approvals }): Route[] {
  return [
    implement(api.approvals.list, async ({ caller, project, query }) => {
      const { items, next } = await approvals.list(caller, project, defined(query));
      return { items: [...items], next };
    }),
    implement(api.approvals.get, ({ caller, project, params }) => approvals.get(caller, project, params.approval)),
    implement(api.approvals.decide, ({ caller, project, params, body }) => approvals.decide(caller, project, params.approval, body)),
  ];
}
