import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { numberAt, type Page, pageOf, placeAt } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Definition, DefinitionChange, ManagedBy } from '../../platform/definitions/index.ts';
import type { MonitorsDeps } from './context.ts';
import type { Incident } from './incident.ts';
import * as incidents from './incidents.ts';
import type { MonitorDefinition } from './monitor.ts';
import * as commands from './monitors.ts';
import * as store from './monitors-store.ts';
import { References } from './references.ts';

export { modelColumns } from './columns.ts';
export type { DeploymentFacts, MonitorsDeps } from './context.ts';
export type { Incident, IncidentCause, Note } from './incident.ts';
export type { Breach, Judgement, Watched } from './judge.ts';
export type { DriftScore, Measurements } from './measurement.ts';
export type { Limits, MonitorDefinition, Window } from './monitor.ts';
export type { CheckResult } from './monitors-store.ts';
export { truthOfOutcomes } from './quality.ts';

export interface IncidentSearch {
  readonly monitor?: string;
  readonly deployment?: string;
  readonly severity?: Incident['severity'];
  readonly state?: Incident['state'];
  readonly cursor?: string;
  readonly limit: number;
}

/** Looks after deployments: measures windows of event time against the training data and limits, and opens incidents. */
export interface Monitors {
  define(caller: Caller, project: Project, name: string, definition: MonitorDefinition, managed_by: ManagedBy): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  list(caller: Caller, project: Project): Promise<Definition<MonitorDefinition>[]>;
  /** Checks what is due at `now_ms` of the project's clock. Twice, also at once, is once. */
  evaluateDue(caller: Caller, project: Project, now_ms: number): Promise<store.CheckResult[]>;
  /** Checks the window that ends now. Refuses with `nothing_to_check` while nothing is served. */
  checkNow(caller: Caller, project: Project, monitor: string): Promise<store.CheckResult>;
  /** Newest window first. */
  results(caller: Caller, project: Project, page: { monitor: string; cursor?: string; limit: number }): Promise<Page<store.CheckResult>>;
  incidents(caller: Caller, project: Project, search: IncidentSearch): Promise<Page<Incident>>;
  incident(caller: Caller, project: Project, id: string): Promise<Incident>;
  acknowledge(caller: Caller, project: Project, id: string, reason: string): Promise<Incident>;
  resolve(caller: Caller, project: Project, id: string, reason: string): Promise<Incident>;
}

export function createMonitors(deps: MonitorsDeps): Monitors {
  const context = { ...deps, references: new References(deps.blobs) };
  const { read } = deps.database;
  const definitions = commands.monitorDefinitions(deps);
  return {
    define: (caller, project, name, definition, managed_by) => commands.define(context, caller, project, name, definition, managed_by),
    retire: (caller, project, name) => commands.retire(context, caller, project, name),
    async list(caller, project) {
      assertMay(caller, project, 'read');
      return definitions.list(project);
    },
    evaluateDue: (caller, project, now_ms) => commands.evaluateDue(context, caller, project, now_ms),
    checkNow: (caller, project, monitor) => commands.checkNow(context, caller, project, monitor),
    async results(caller, project, { monitor, cursor, limit }) {
      assertMay(caller, project, 'read');
      const before = cursor === undefined ? {} : { before_ms: numberAt(cursor) };
      const items = await store.listResults(read, project.id, { monitor, limit, ...before });
      if (items.length === 0 && !(await definitions.find(project, monitor))) throw failure('not_found', { what: 'monitor', name: monitor });
      return pageOf(items, limit, (last) => last.window_to_ms);
    },
    async incidents(caller, project, { cursor, ...search }) {
      assertMay(caller, project, 'read');
      const after = cursor === undefined ? {} : { after: placeAt(cursor) };
      const items = await store.listIncidents(read, project.id, { ...search, ...after });
      return pageOf(items, search.limit, (last) => `${last.opened_event}-${last.id}`);
    },
    async incident(caller, project, id) {
      assertMay(caller, project, 'read');
      return incidents.existing(read, project, id);
    },
    acknowledge: (caller, project, id, reason) => incidents.settle(deps, caller, project, id, { state: 'acknowledged', reason }),
    resolve: (caller, project, id, reason) => incidents.settle(deps, caller, project, id, { state: 'resolved', reason }),
  };
}
