import type { QueryClient } from '@tanstack/react-query';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';

/** Asks what Home says first, while its script is still on the way. */
export function prefetchHome(queries: QueryClient, project: string): void {
  void queries.prefetchQuery(deploymentQueries.list(project));
  void queries.prefetchQuery(monitorQueries.open(project, 'incident'));
  void queries.prefetchQuery(approvalsQuery(project, 'requested'));
  void queries.prefetchQuery(datasetsQueries.list(project));
  void queries.prefetchQuery(pipelinesQueries.executions(project));
}
