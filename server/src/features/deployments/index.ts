import type { Caller } from '../../kernel/caller.ts';
import { assertMay } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Page, PageAsk } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { DefinitionChange, Definitions, ManagedBy } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Inference } from '../../platform/inference/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Approvals } from '../approvals/index.ts';
import type { Gates } from '../gates/index.ts';
import type { Models, Signature } from '../models/index.ts';
import type { OutcomeReceipt, Predictions, ServedRow } from '../predictions/index.ts';
import type { DeploymentDefinition } from './deployment.ts';
import { type CommandDeps, define, retire } from './deployments.ts';
import type { RolloutRecord } from './deployments-store.ts';
import * as views from './deployments-views.ts';
import { LiveTable } from './live.ts';
import { addOutcomes } from './outcomes.ts';
import * as releases from './releases.ts';
import { type PredictAnswer, predict, type ServingDeps } from './serving.ts';

export type { DeploymentDefinition } from './deployment.ts';
export type { RolloutRecord } from './deployments-store.ts';
export type { DeploymentView, RowsFilter, ServedSummary } from './deployments-views.ts';
export type { InputRow } from './input-rules.ts';
export type { PredictRequest } from './prediction-request.ts';
export type { GuardEvidence, RolloutState, StepEvidence } from './rollout.ts';
export type { PredictAnswer, PredictedRow } from './serving.ts';

export interface DeploymentsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly models: Models;
  readonly predictions: Predictions;
  readonly inference: Inference;
  readonly blobs: Blobs;
  readonly gates: Pick<Gates, 'ofModel' | 'permitFor'>;
  readonly approvals: Pick<Approvals, 'granted'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The project of an id, as cheap as a look into memory: every request asks. */
  readonly projectOf: (id: string) => Promise<Project>;
  /** Where the clock of a project stands: the wall clock, or the data's. */
  readonly projectNow: (project: Project) => Promise<number>;
}

/** A version that answers now, for the protocols that describe models. */
export interface ServingVersion {
  readonly deployment: string;
  readonly number: number;
  readonly signature: Signature;
}

/** Models that answer under lasting names, and the movement of their traffic from version to version. */
export interface Deployments {
  /** Reads what is live, and begins to load it into the model host. Call it once, before requests are taken. */
  start(): Promise<void>;
  /** How many versions are not loaded yet since the start. */
  loading(): number;
  stop(): void;
  define(
    caller: Caller,
    project: Project,
    name: string,
    definition: DeploymentDefinition,
    managed_by: ManagedBy,
  ): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  list(caller: Caller, project: Project): Promise<views.DeploymentView[]>;
  get(caller: Caller, project: Project, name: string): Promise<views.DeploymentView>;
  /** Newest first. */
  rollouts(caller: Caller, project: Project, name: string, page?: PageAsk): Promise<Page<RolloutRecord>>;
  roll(caller: Caller, project: Project, input: { readonly deployment: string; readonly version: number }): Promise<RolloutRecord>;
  /** The pointer moves in one write, and requests follow at once. */
  rollback(caller: Caller, project: Project, name: string, reason: string): Promise<RolloutRecord>;
  promote(caller: Caller, project: Project, name: string): Promise<RolloutRecord>;
  /** Moves, bakes and guards the running rollouts of a project; resolves to those that changed. */
  advanceDue(caller: Caller, project: Project, now_ms: number): Promise<RolloutRecord[]>;
  /** Scores rows; `body` is what `PredictRequest` describes, read here. `version` asks for one that serves. */
  predict(caller: Caller, name: string, body: unknown, version?: number): Promise<PredictAnswer>;
  addOutcomes(caller: Caller, name: string, body: unknown): Promise<OutcomeReceipt>;
  rows(caller: Caller, project: Project, name: string, filter: views.RowsFilter): Promise<ServedRow[]>;
  served(
    caller: Caller,
    project: Project,
    name: string,
    span: { readonly from_ms: number; readonly to_ms: number },
  ): Promise<views.ServedSummary>;
  /** What answers under a name to this caller: the champion first. Null where the caller may not know of it. */
  serving(caller: Caller, name: string): readonly ServingVersion[] | null;
}

export function createDeployments(deps: DeploymentsDeps): Deployments {
  const definitions = deps.definitions.of<DeploymentDefinition>('deployment');
  const table = new LiveTable({ ...deps, definitions });
  const commands: CommandDeps = { ...deps, definitions, table };
  const serving: ServingDeps = { ...deps, table };
  return {
    start: () => table.start(),
    loading: () => table.loading,
    stop: () => table.stop(),
    define: (caller, project, name, definition, managed_by) => define(commands, caller, project, name, definition, managed_by),
    retire: (caller, project, name) => retire(commands, caller, project, name),
    list: (caller, project) => views.listDeployments(commands, caller, project),
    async get(caller, project, name) {
      assertMay(caller, project, 'read');
      return views.findDeployment(commands, project, name);
    },
    rollouts: (caller, project, name, page) => views.rolloutsOf(commands, caller, project, name, page),
    roll: (caller, project, input) => releases.roll(commands, caller, project, input),
    rollback: (caller, project, name, reason) => releases.rollback(commands, caller, project, name, reason),
    promote: (caller, project, name) => releases.promote(commands, caller, project, name),
    advanceDue: (caller, project, now_ms) => releases.advanceDue(commands, caller, project, now_ms),
    predict: (caller, name, body, version) => predict(serving, caller, name, body, version),
    addOutcomes: (caller, name, body) => addOutcomes(serving, caller, name, body),
    rows: (caller, project, name, filter) => views.servedRows(commands, caller, project, name, filter),
    served: (caller, project, name, span) => views.servedCounts(commands, caller, project, name, span),
    serving: (caller, name) => table.servingTo(caller, name),
  };
}
