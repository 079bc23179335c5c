import { mlflowRoutes as table } from '@slipway/contracts';
import type { Route } from '../../platform/http/index.ts';
import { artifactsRoutes } from './artifacts-routes.ts';
import { assessmentsRoutes } from './assessments-routes.ts';
import { experimentsRoutes } from './experiments-routes.ts';
import { graphqlRoutes } from './graphql-routes.ts';
import { loggedModelsRoutes } from './logged-models-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { multipartRoutes } from './multipart-routes.ts';
import { permissionsRoutes } from './permissions-routes.ts';
import { registryRoutes } from './registry-routes.ts';
import { type MlflowDeps, mlflowRouting } from './routing.ts';
import { runsRoutes } from './runs-routes.ts';
import { tracesRoutes } from './traces-routes.ts';
import { versionsRoutes } from './versions-routes.ts';

export { isMlflowPath } from './paths.ts';
export type { MlflowDeps } from './routing.ts';

/** The MLflow protocol on our doors; what it serves is the table of the contracts, no more and no less. */
export function mlflowProtocolRoutes(deps: MlflowDeps): Route[] {
  const routing = mlflowRouting(deps);
  const routes = [
    ...routing.raw('serverInfo', () => ({
      store_type: 'SqlStore',
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
    })),
    ...experimentsRoutes(deps, routing),
    ...runsRoutes(deps, routing),
    ...metricsRoutes(deps, routing),
    ...artifactsRoutes(deps, routing),
    ...multipartRoutes(deps, routing),
    ...loggedModelsRoutes(deps, routing),
    ...registryRoutes(deps, routing),
    ...versionsRoutes(deps, routing),
    ...permissionsRoutes(deps, routing),
    ...tracesRoutes(deps, routing),
    ...assessmentsRoutes(deps, routing),
    ...graphqlRoutes(routing),
  ];
  const served = new Set(routes.map(({ endpoint }) => endpoint.id));
  const lacking = Object.keys(table).filter((name) => !served.has(`mlflow.${name}`));
  if (lacking.length > 0) throw new Error(`the contracts name routes of MLflow that nothing answers: ${lacking.join(', ')}`);
  return routes;
}
