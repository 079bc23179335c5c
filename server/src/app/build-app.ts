import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { type Access, createAccess } from '../features/access/index.ts';
import { type Approvals, createApprovals } from '../features/approvals/index.ts';
import { type Audit, createAudit } from '../features/audit/index.ts';
import { type Automations, createAutomations } from '../features/automations/index.ts';
import { createDatasets, type Datasets } from '../features/datasets/index.ts';
import { createDeployments, type Deployments } from '../features/deployments/index.ts';
import { createGates, createMeasure, type Gates } from '../features/gates/index.ts';
import { createModels, type Models } from '../features/models/index.ts';
import { createMonitors, type Monitors } from '../features/monitors/index.ts';
import { createNotifications, type Notifications } from '../features/notifications/index.ts';
import { createPipelines, type Pipelines } from '../features/pipelines/index.ts';
import { createPredictions, type Predictions } from '../features/predictions/index.ts';
import { createProjectfile, type Projectfile } from '../features/projectfile/index.ts';
import { createReports, type Reports } from '../features/reports/index.ts';
import { createRuns, createRunTable, type Runs, type RunTable } from '../features/runs/index.ts';
import { createTraces, type Traces } from '../features/traces/index.ts';
import { createTraining, type Training } from '../features/training/index.ts';
import { systemCaller } from '../kernel/caller.ts';
import { systemIds } from '../kernel/ids.ts';
import type { Project } from '../kernel/project.ts';
import { createCompute, createWorkerChild } from '../platform/compute/index.ts';
import { hookReactions } from './automatic.ts';
import { keepersOf } from './keepers.ts';
import { createOperations, type OpenFolder, type Operations } from './operations/index.ts';
import { type AppOptions, childIdle_ms, openPlatform, type Platform } from './platform.ts';
import { reactionJobs } from './reaction-jobs.ts';
import { roles } from './roles.ts';
import { version } from './version.ts';

/** Rooms that hold what people and pipelines make: floors up to predictions. */
interface MakingRooms {
  readonly access: Access;
  readonly audit: Audit;
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly runTable: RunTable;
  readonly traces: Traces;
  readonly training: Training;
  readonly models: Models;
  readonly predictions: Predictions;
}

/** Rooms that release models and keep an eye on them: floors up to pipelines. */
interface ReleaseRooms {
  readonly gates: Gates;
  readonly approvals: Approvals;
  readonly deployments: Deployments;
  readonly monitors: Monitors;
  readonly pipelines: Pipelines;
}

/** Rooms on the top floors, which tell people and act for them. */
interface CareRooms {
  readonly reports: Reports;
  readonly notifications: Notifications;
  readonly automations: Automations;
  readonly projectfile: Projectfile;
}

export type App = Platform &
  MakingRooms &
  ReleaseRooms &
  CareRooms & {
    /** The data folder. */
    readonly data: string;
    readonly operations: Operations;
    readonly projectById: (id: string) => Promise<Project>;
    close(): Promise<void>;
  };

const trainingMemory_bytes = 6 * 2 ** 30;
const executionToken_ms = 6 * 3_600_000;
const parserIdle_ms = 5_000;
const parserMemory_bytes = 2 ** 29;

/** What the steps of this server run on, as tags of their runs. */
const environmentTags = {
  'slipway.version': version,
  'slipway.node': process.version,
  'slipway.platform': `${process.platform} ${process.arch}`,
  'slipway.os': `${type()} ${release()}`,
  'slipway.cpu': `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  'slipway.memory_bytes': String(totalmem()),
};

/** Wires all rooms, lowest floor first, and hooks the reactions in. */
export async function buildApp(options: AppOptions): Promise<App> {
  const platform = await openPlatform(options);
  const making = makingRooms(platform, options);
  const release = releaseRooms(platform, making, options);
  const care = careRooms(platform, making, release, options);
  const { access, training, predictions } = making;
  const projectById = (id: string): Promise<Project> => access.projects.resolve(id);
  platform.jobs.define(reactionJobs({ ...making, ...release, ...care, projectById, projectNow: access.projectNow }));
  platform.jobs.define(care.notifications.jobs);
  const { database: _, blobs: __, spans: ___, backups = null, ...again } = options;
  const open: OpenFolder = (copy, where = {}) => buildApp({ ...again, ...where, data: copy });
  const operations = createOperations({ ...platform, ...making, ...release, data: options.data, backups, open });
  hookReactions(platform);
  return {
    ...platform,
    ...making,
    ...release,
    ...care,
    data: options.data,
    operations,
    projectById,
    async close() {
      release.deployments.stop();
      await Promise.all([training.stop(), platform.analytics.stop(), platform.inference.stop()]);
      await predictions.flush();
      await platform.database.close();
      await platform.blobs.close();
    },
  };
}

function makingRooms(platform: Platform, { data, auth }: AppOptions): MakingRooms {
  const { log } = platform;
  const child = createWorkerChild({ entry: 'training-child', idle_ms: childIdle_ms, memory_bytes: trainingMemory_bytes, log });
  return {
    access: createAccess({ ...platform, ids: systemIds, roles, auth, secureCookies: false }),
    audit: createAudit(platform),
    datasets: createDatasets({ ...platform, folder: join(data, 'datasets') }),
    runs: createRuns(platform),
    runTable: createRunTable(platform),
    traces: createTraces(platform),
    training: createTraining({ child, folder: join(data, 'training') }),
    models: createModels(platform),
    predictions: createPredictions(platform),
  };
}

function releaseRooms(platform: Platform, making: MakingRooms, { data, address }: AppOptions): ReleaseRooms {
  const { access, models, runs } = making;
  const projectById = (id: string): Promise<Project> => access.projects.resolve(id);
  const projectNow = (project: Project): Promise<number> => access.projectNow(project.id);
  const gates = createGates({ ...platform, models, runs, measure: createMeasure({ ...platform, ...making }) });
  const approvals = createApprovals(platform);
  const deployments = createDeployments({ ...platform, ...making, gates, approvals, projectOf: projectById, projectNow });
  return {
    gates,
    approvals,
    deployments,
    monitors: createMonitors({ ...platform, ...making, projectNow, deploymentFacts: factsOf(deployments) }),
    pipelines: createPipelines({
      ...platform,
      ...making,
      compute: createCompute(platform),
      folder: join(data, 'executions'),
      logFolder: join(data, 'logs'),
      address,
      projectById,
      projectNow: access.projectNow,
      environment: environmentTags,
      issueToken: (execution, project, person) =>
        access.issueExecutionToken(execution, project, ['read', 'write', 'predict'], executionToken_ms, person),
      revokeTokens: access.revokeExecutionTokens,
    }),
  };
}

function careRooms(platform: Platform, making: MakingRooms, release: ReleaseRooms, { address }: AppOptions): CareRooms {
  const { access, datasets } = making;
  const { deployments } = release;
  const notifications = createNotifications({ ...platform, address, projectById: (id) => access.projects.resolve(id) });
  const automations = createAutomations({
    ...platform,
    ...release,
    projectNow: access.projectNow,
    championSince: async (project, name) => (await deploymentNamed(deployments, project, name))?.champion_since_ms ?? null,
    onBehalf: (person, cause) => systemCaller('automations', cause, person),
  });
  return {
    reports: createReports({ ...platform, ...making, deploymentFacts: factsOf(deployments), deploymentNames: namesOf(deployments) }),
    notifications,
    automations,
    projectfile: createProjectfile({
      ...platform,
      child: createWorkerChild({ entry: 'projectfile-child', idle_ms: parserIdle_ms, memory_bytes: parserMemory_bytes, log: platform.log }),
      keepers: keepersOf({ ...making, ...release, notifications, automations }),
      setCode: release.pipelines.setCode,
      setProject: (caller, project, settings) => access.projects.update(caller, project, settings),
      addDatasetVersion: async (caller, project, input) => (await datasets.addVersion(caller, project, input)).version.number,
    }),
  };
}

/** The server's own look at a deployment; null when there is none of that name. */
async function deploymentNamed(deployments: Deployments, project: Project, name: string) {
  const all = await deployments.list(systemCaller('app'), project);
  return all.find((deployment) => deployment.name === name) ?? null;
}

function factsOf(deployments: Deployments) {
  return async (project: Project, name: string): Promise<{ model: string; champion: number | null } | null> => {
    const found = await deploymentNamed(deployments, project, name);
    return found ? { model: found.model, champion: found.champion } : null;
  };
}

function namesOf(deployments: Deployments) {
  return async (project: Project): Promise<string[]> => {
    const all = await deployments.list(systemCaller('app'), project);
    return all.filter((deployment) => !deployment.retired).map((deployment) => deployment.name);
  };
}
