import { useQueries, useQuery } from '@tanstack/react-query';
import type { Asked } from '../../design/state.tsx';
import {
  type Approval,
  type Deployment,
  type Gate,
  type ListedVersion,
  type Model,
  modelsQueries,
  type Rollout,
  type Verdict,
} from './models-api.ts';
import { type Span, spansOf } from './served.ts';
import { together } from './together.ts';

/** What the parts of a model's pages are made of. */
export interface ModelFacts {
  /** Undefined where nobody has defined it. */
  readonly model: Model | undefined;
  /** Newest first. */
  readonly versions: readonly ListedVersion[];
  /** Newest first. */
  readonly verdicts: readonly Verdict[];
  readonly approvals: readonly Approval[];
  /** Gates that judge this model. */
  readonly gates: readonly Gate[];
  /** Deployments of this model that are not retired. */
  readonly deployments: readonly Deployment[];
  readonly rollouts: readonly Rollout[];
  readonly spans: readonly Span[];
  /** When the making of a version began, in the time of the project. */
  readonly madeAt_ms: (version: ListedVersion) => number;
}

export function useModelFacts(project: string, model: string): Asked<ModelFacts> {
  const deployments = useQuery(modelsQueries.deployments(project));
  const own = (deployments.data ?? []).filter((one) => !one.retired && one.model === model);
  const rollouts = useQueries({ queries: own.map(({ name }) => modelsQueries.rollouts(project, name)) });
  return together(
    [
      useQuery(modelsQueries.list(project)),
      useQuery(modelsQueries.versions(project, model)),
      useQuery(modelsQueries.verdicts(project, model)),
      useQuery(modelsQueries.approvals(project)),
      useQuery(modelsQueries.gates(project)),
      useQuery(modelsQueries.executions(project)),
      deployments,
      together(rollouts, (all) => all),
    ],
    ([models, versions, verdicts, approvals, gates, executions, , rolled]): ModelFacts => {
      const begun = new Map(executions.map(({ id, clock_ms }) => [id, clock_ms]));
      return {
        model: models.find(({ name }) => name === model),
        versions,
        verdicts,
        approvals: approvals.filter((one) => one.model === model),
        gates: gates.filter((one) => !one.retired && one.definition.model === model),
        deployments: own,
        rollouts: rolled.flat(),
        spans: rolled.flatMap(spansOf),
        madeAt_ms: ({ execution_id, created_at_ms }) =>
          execution_id === null ? created_at_ms : (begun.get(execution_id) ?? created_at_ms),
      };
    },
  );
}
