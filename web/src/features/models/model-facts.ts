import { useQueries, useQuery } from '@tanstack/react-query';
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

/** What several parts of a model's pages are made of; what has not come yet is empty. */
export interface ModelFacts {
  /** Undefined until the list of models has come. */
  readonly model: Model | undefined;
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

export function useModelFacts(project: string, model: string): ModelFacts {
  const versions = useQuery(modelsQueries.versions(project, model)).data ?? [];
  const verdicts = useQuery(modelsQueries.verdicts(project, model)).data ?? [];
  const approvals = (useQuery(modelsQueries.approvals(project)).data ?? []).filter((one) => one.model === model);
  const gates = (useQuery(modelsQueries.gates(project)).data ?? []).filter((one) => !one.retired && one.definition.model === model);
  const all = useQuery(modelsQueries.deployments(project)).data ?? [];
  const deployments = all.filter((one) => !one.retired && one.model === model);
  const executions = useQuery(modelsQueries.executions(project)).data ?? [];
  const rollouts = useQueries({ queries: deployments.map(({ name }) => modelsQueries.rollouts(project, name)) }).map(
    ({ data }) => data ?? [],
  );
  const begun = new Map(executions.map(({ id, clock_ms }) => [id, clock_ms]));
  return {
    model: useQuery(modelsQueries.list(project)).data?.find(({ name }) => name === model),
    versions,
    verdicts,
    approvals,
    gates,
    deployments,
    rollouts: rollouts.flat(),
    spans: rollouts.flatMap(spansOf),
    madeAt_ms: ({ execution_id, created_at_ms }) => (execution_id === null ? created_at_ms : (begun.get(execution_id) ?? created_at_ms)),
  };
}
