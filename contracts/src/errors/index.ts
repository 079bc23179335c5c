import { accessErrors } from './access.ts';
import { approvalsErrors } from './approvals.ts';
import { auditErrors } from './audit.ts';
import { automationsErrors } from './automations.ts';
import { blobsErrors } from './blobs.ts';
import { databaseErrors } from './database.ts';
import { datasetsErrors } from './datasets.ts';
import { deploymentsErrors } from './deployments.ts';
import type { ErrorEntry } from './entry.ts';
import { gatesErrors } from './gates.ts';
import { generalErrors } from './general.ts';
import { mlflowErrors } from './mlflow.ts';
import { modelsErrors } from './models.ts';
import { monitorsErrors } from './monitors.ts';
import { notificationsErrors } from './notifications.ts';
import { operationsErrors } from './operations.ts';
import { pipelinesErrors } from './pipelines.ts';
import { platformErrors } from './platform.ts';
import { predictionsErrors } from './predictions.ts';
import { projectfileErrors } from './projectfile.ts';
import { reportsErrors } from './reports.ts';
import { runsErrors } from './runs.ts';
import { trainingErrors } from './training.ts';

export type { ErrorEntry } from './entry.ts';

/** THE error table: every code that Slipway answers, in HTTP, CLI and web alike. `docs/reference/errors.md` is generated from it. */
export const errors = {
  ...generalErrors,
  ...accessErrors,
  ...auditErrors,
  ...datasetsErrors,
  ...runsErrors,
  ...trainingErrors,
  ...modelsErrors,
  ...predictionsErrors,
  ...gatesErrors,
  ...approvalsErrors,
  ...deploymentsErrors,
  ...monitorsErrors,
  ...pipelinesErrors,
  ...reportsErrors,
  ...automationsErrors,
  ...notificationsErrors,
  ...projectfileErrors,
  ...operationsErrors,
  ...mlflowErrors,
  ...platformErrors,
  ...blobsErrors,
  ...databaseErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;
