import type { Migration } from '../migration.ts';
import { groundwork } from './0001-groundwork.ts';
import { access } from './0002-access.ts';
import { datasets } from './0003-datasets.ts';
import { runs } from './0004-runs.ts';
import { models } from './0005-models.ts';
import { predictions } from './0006-predictions.ts';
import { gates } from './0007-gates.ts';
import { deployments } from './0008-deployments.ts';
import { monitors } from './0009-monitors.ts';
import { pipelines } from './0010-pipelines.ts';
import { automations } from './0011-automations.ts';
import { notifications } from './0012-notifications.ts';
import { signInLinks } from './0013-sign-in-links.ts';
import { runNumbers } from './0014-run-numbers.ts';
import { tracking } from './0015-tracking.ts';
import { loggedModels } from './0016-logged-models.ts';
import { registry } from './0017-registry.ts';
import { traces } from './0018-traces.ts';
import { projectBlobs } from './0020-project-blobs.ts';
import { signInFailures } from './0021-sign-in-failures.ts';
import { keyedTables } from './0022-keyed-tables.ts';
import { tagValues } from './0023-tag-values.ts';
import { sessionAgents } from './0024-session-agents.ts';
import { overriddenAssessments } from './0025-overridden-assessments.ts';

/** The whole schema, in the order in which it is applied. A released step never changes; a new need is a new step. */
export const migrations: readonly Migration[] = [
  groundwork,
  access,
  datasets,
  runs,
  models,
  predictions,
  gates,
  deployments,
  monitors,
  pipelines,
  automations,
  notifications,
  signInLinks,
  runNumbers,
  tracking,
  loggedModels,
  registry,
  traces,
  projectBlobs,
  signInFailures,
  keyedTables,
  tagValues,
  sessionAgents,
  overriddenAssessments,
];
