import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { pageOf, readCursor } from '../../kernel/pages.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { RowCursor, ServedRow } from '../predictions/index.ts';
import type { DeploymentDefinition, Deployments, DeploymentView, RolloutRecord } from './index.ts';

export function deploymentsRoutes({ deployments }: { readonly deployments: Deployments }): Route[] {
  return [
    implement(api.deployments.list, async ({ caller, project }) => ({ items: (await deployments.list(caller, project)).map(viewToWire) })),
    implement(api.deployments.get, async ({ caller, project, params }) =>
      viewToWire(await deployments.get(caller, project, params.deployment)),
    ),
    implement(api.deployments.define, ({ caller, project, params, body }) =>
      deployments.define(caller, project, params.deployment, JSON.parse(JSON.stringify(body)) as DeploymentDefinition, 'ui'),
    ),
    implement(api.deployments.retire, ({ caller, project, params }) => deployments.retire(caller, project, params.deployment)),
    implement(api.deployments.rollouts, async ({ caller, project, params, query }) => {
      const { items, next } = await deployments.rollouts(caller, project, params.deployment, defined(query));
      return { items: items.map(rolloutToWire), next };
    }),
    implement(api.deployments.roll, async ({ caller, project, params, body }) =>
      rolloutToWire(await deployments.roll(caller, project, { deployment: params.deployment, version: body.version })),
    ),
    implement(api.deployments.rollback, async ({ caller, project, params, body }) =>
      rolloutToWire(await deployments.rollback(caller, project, params.deployment, body?.reason ?? '')),
    ),
    implement(api.deployments.promote, async ({ caller, project, params }) =>
      rolloutToWire(await deployments.promote(caller, project, params.deployment)),
    ),
    implement(api.deployments.rows, async ({ caller, project, params, query }) => {
      const { cursor, from_ms, to_ms, limit } = query;
      const after = cursor === undefined ? undefined : rowAt(cursor);
      const rows = await deployments.rows(caller, project, params.deployment, defined({ from_ms, to_ms, limit, after }));
      const { items, next } = pageOf(rows, limit, (last) => `${last.event_time_ms}_${last.id}`);
      return { items: items.map(rowToWire), next };
    }),
    implement(api.deployments.served, async ({ caller, project, params, query }) => {
      const served = await deployments.served(caller, project, params.deployment, query);
      return { ...served, counts: [...served.counts] };
    }),
    implement(api.deployments.predict, ({ caller, params, body }) => deployments.predict(caller, params.deployment, body), unread),
    implement(api.deployments.outcomes, ({ caller, params, body }) => deployments.addOutcomes(caller, params.deployment, body), unread),
  ];
}

/** The commands read these bodies themselves: they are hot, and what is refused is recorded. */
const unread = { checkBody: (value: unknown): never => value as never };

function rowAt(cursor: string): RowCursor {
  const [time, id = ''] = readCursor(cursor, /^(\d{1,16})_(.+)$/s);
  return { event_time_ms: Number(time), id };
}

/** The same facts in plain, mutable shapes, as the contract writes them. */
function viewToWire({ definition, rollout, split, ...plain }: DeploymentView) {
  const { rollout: plan, unexpected, limits, ...rest } = definition;
  return {
    ...plain,
    definition: {
      ...rest,
      rollout: { ...plan, steps: [...plan.steps], guard: [...plan.guard] },
      limits: { ...limits },
      unexpected: { ...unexpected },
    },
    rollout: rollout ? rolloutToWire(rollout) : null,
    split: [...split],
  };
}

function rolloutToWire({ plan, evidence, permit, ...plain }: RolloutRecord) {
  return {
    ...plain,
    plan: { ...plan, steps: [...plan.steps], guard: [...plan.guard] },
    evidence: evidence.map((one) => ({ ...one, guards: one.guards.map((guard) => ({ ...guard })) })),
    permit: permit === null ? null : { ...permit, approval_events: [...permit.approval_events] },
  };
}

function rowToWire({ project_id: _, warnings, body, outcome, ...plain }: ServedRow) {
  return {
    ...plain,
    warnings: [...warnings],
    body: body === null ? null : { ...body },
    outcome: outcome === null ? null : { ...outcome, extra: outcome.extra === null ? null : { ...outcome.extra } },
  };
}
