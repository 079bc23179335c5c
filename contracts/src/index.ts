import { access } from './access.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { automations } from './automations.ts';
import { datasets } from './datasets.ts';
import { deployments } from './deployments.ts';
import { gates } from './gates.ts';
import { models } from './models.ts';
import { monitors } from './monitors.ts';
import { notifications } from './notifications.ts';
import { openInference } from './openInference.ts';
import { operations } from './operations.ts';
import { pipelines } from './pipelines.ts';
import { predictions } from './predictions.ts';
import { projectfile } from './projectfile.ts';
import { reports } from './reports.ts';
import { runs } from './runs.ts';
import { system } from './system.ts';

export * from './endpoint.ts';
export * from './errors/index.ts';
export * from './mlflow.ts';

/** Every HTTP operation of our own API, by noun. The server registers exactly these; OpenAPI and the SDK come from here. */
export const api = {
  system,
  access,
  audit,
  datasets,
  runs,
  models,
  predictions,
  gates,
  approvals,
  deployments,
  monitors,
  pipelines,
  reports,
  automations,
  notifications,
  projectfile,
  operations,
  openInference,
} as const;
