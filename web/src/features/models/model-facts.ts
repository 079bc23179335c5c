import { useQueries, useQuery } from '@tanstack/react-query';
import type { Asked } from '../../design/state.tsx';
import { together } from '../../design/together.ts';
import { type Approval, approvalsQuery } from '../approvals/approvals-api.ts';
import { type Deployment, deploymentQueries, type Rollout } from '../deployments/deployments-api.ts';
import { type Gate, gatesQueries, type Verdict } from '../gates/gates-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { type ListedVersion, type Model, modelsQueries } from './models-api.ts';
import { type Span, spansOf } from './served.ts';

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
  const deployments = useQuery(deploymentQueries.list(project));
  const own = (deployments.data ?? []).filter((one) => !one.retired && one.model === model);
  const rollouts = useQueries({ queries: own.map(({ name }) => deploymentQueries.rollouts(project, name)) });
  return together(
    [
      useQuery(modelsQueries.list(project)),
      useQuery(modelsQueries.versions(project, model)),
      useQuery(gatesQueries.verdicts(project, { model })),
      useQuery(approvalsQuery(project)),
      useQuery(gatesQueries.list(project)),
      useQuery(pipelinesQueries.executions(project)),
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
