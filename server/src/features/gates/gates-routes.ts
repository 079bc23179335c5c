import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { parsed } from '../../kernel/json.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { GateDefinition, Gates } from './index.ts';

export function gatesRoutes({ gates }: { readonly gates: Gates }): Route[] {
  return [
    implement(api.gates.list, async ({ caller, project }) => ({ items: await gates.list(caller, project) })),
    implement(api.gates.define, ({ caller, project, params, body }) =>
      gates.define(caller, project, params.gate, parsed<GateDefinition>(JSON.stringify(body)), 'ui'),
    ),
    implement(api.gates.evaluate, ({ caller, project, params, body }) => gates.evaluate(caller, project, { gate: params.gate, ...body })),
    implement(api.gates.verdicts, async ({ caller, project, query }) => {
      const { items, next } = await gates.verdicts(caller, project, defined(query));
      return { items: [...items], next };
    }),
  ];
}
