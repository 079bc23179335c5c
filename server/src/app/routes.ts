import { mlflowVersion } from '@slipway/contracts';
import { accessRoutes } from '../features/access/access-routes.ts';
import { approvalsRoutes } from '../features/approvals/approvals-routes.ts';
import { auditRoutes } from '../features/audit/audit-routes.ts';
import { automationsRoutes } from '../features/automations/automations-routes.ts';
import { datasetsRoutes } from '../features/datasets/datasets-routes.ts';
import { deploymentsRoutes } from '../features/deployments/deployments-routes.ts';
import { gatesRoutes } from '../features/gates/gates-routes.ts';
import { modelsRoutes } from '../features/models/models-routes.ts';
import { monitorsRoutes } from '../features/monitors/monitors-routes.ts';
import { notificationsRoutes } from '../features/notifications/notifications-routes.ts';
import { pipelinesRoutes } from '../features/pipelines/pipelines-routes.ts';
import { projectfileRoutes } from '../features/projectfile/projectfile-routes.ts';
import { reportsRoutes } from '../features/reports/reports-routes.ts';
import { runTableRoutes } from '../features/runs/run-table-routes.ts';
import { runsRoutes } from '../features/runs/runs-routes.ts';
import type { Route } from '../platform/http/index.ts';
import { type Metrics, systemRoutes } from '../platform/http/index.ts';
import { mlflowProtocolRoutes } from '../protocols/mlflow/index.ts';
import { openInferenceRoutes } from '../protocols/open-inference/index.ts';
import type { App } from './build-app.ts';
import { freeSpace, fullDisk } from './operations/disk.ts';
import { operationsRoutes } from './operations/operations-routes.ts';
import { readinessOf } from './readiness.ts';
import { version } from './version.ts';

export interface RoutesOptions {
  readonly auth: 'on' | 'off';
  /** As `StartOptions` has it. */
  readonly mlflowArtifactRoot?: string | undefined;
  readonly metrics: Metrics;
}

/** Every route of the server. What is not in this table is not served. */
export function routesOf(app: App, { auth, mlflowArtifactRoot, metrics }: RoutesOptions): Route[] {
  return [
    ...systemRoutes({ version, speaks: mlflowVersion, metrics, ready: () => readiness(app), notes: () => notesOf(app) }),
    ...accessRoutes({ access: app.access, auth, secureCookies: false }),
    ...auditRoutes(app),
    ...datasetsRoutes(app),
    ...runsRoutes(app),
    ...runTableRoutes(app),
    ...modelsRoutes(app),
    ...gatesRoutes(app),
    ...approvalsRoutes(app),
    ...deploymentsRoutes(app),
    ...monitorsRoutes(app),
    ...pipelinesRoutes(app),
    ...reportsRoutes(app),
    ...notificationsRoutes(app),
    ...openInferenceRoutes({ ...app, version }),
    ...mlflowProtocolRoutes({ ...app, artifactRoot: mlflowArtifactRoot }),
    ...automationsRoutes({
      automations: app.automations,
      due: (project) => app.jobs.due(project),
      waiting: (project) => app.approvals.waiting(project),
    }),
    ...projectfileRoutes(app),
    ...operationsRoutes(app),
  ];
}

async function readiness({ database, data, deployments }: App): Promise<Readonly<Record<string, string>>> {
  return readinessOf({ database: database.failed, disk: fullDisk(await freeSpace(data)), loading: deployments.loading() });
}

/** What goes wrong beside the work: the server answers, and somebody should look. */
function notesOf({ operations }: App): Record<string, string> {
  const backups = operations.note();
  return backups === null ? {} : { backups };
}
