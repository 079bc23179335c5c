import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { parsed } from '../../kernel/json.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { Execution, PipelineDefinition, Pipelines, StepRecord } from './index.ts';

export function pipelinesRoutes({ pipelines }: { readonly pipelines: Pipelines }): Route[] {
  return [
    implement(api.pipelines.list, async ({ caller, project }) => ({ items: await pipelines.list(caller, project) })),
    implement(api.pipelines.define, ({ caller, project, params, body }) =>
      pipelines.define(caller, project, params.pipeline, parsed<PipelineDefinition>(JSON.stringify(body)), 'ui'),
    ),
    implement(api.pipelines.start, async ({ caller, project, params, body }) =>
      toWire(await pipelines.start(caller, project, { pipeline: params.pipeline, ...defined(body) })),
    ),
    implement(api.pipelines.executions, async ({ caller, project, query }) => {
      const { items, next } = await pipelines.executions(caller, project, defined(query));
      return { items: items.map(toWire), next };
    }),
    implement(api.pipelines.execution, async ({ caller, project, params }) => {
      const { execution, steps } = await pipelines.execution(caller, project, params.execution);
      return { execution: toWire(execution), steps: steps.map(stepToWire), definition: execution.definition };
    }),
    implement(api.pipelines.logs, ({ caller, project, params, query }) =>
      pipelines.logs(caller, project, params.execution, params.step, query.from, query.attempt),
    ),
    implement(api.pipelines.cancel, async ({ caller, project, params }) =>
      toWire(await pipelines.cancel(caller, project, params.execution)),
    ),
    implement(api.pipelines.rerun, async ({ caller, project, params }) => toWire(await pipelines.rerun(caller, project, params.execution))),
  ];
}

function toWire({ definition: _, use_cache: __, version_id: ___, ...execution }: Execution) {
  return execution;
}

function stepToWire({ outcome, ...step }: StepRecord) {
  const tables = Object.entries(outcome?.tables ?? {}).map(([name, { digest, rows }]) => [name, { digest, rows }] as const);
  return { ...step, run_id: outcome?.run_id ?? null, tables: Object.fromEntries(tables) };
}
