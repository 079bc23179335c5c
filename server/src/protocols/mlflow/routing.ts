import { type MlflowRouteName, mlflowEndpoints, mlflowRoutes } from '@slipway/contracts';
import type { Access } from '../../features/access/index.ts';
import type { Datasets } from '../../features/datasets/index.ts';
import type { Models } from '../../features/models/index.ts';
import type { Runs } from '../../features/runs/index.ts';
import type { Traces } from '../../features/traces/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { type Handler, type Incoming, implement, type Route, type RouteOptions } from '../../platform/http/index.ts';
import { explain } from './refusal.ts';
import { type Fields, parseWire, queryAsWire, type Read, read, type Wire } from './wire.ts';

export interface MlflowDeps {
  readonly access: Access;
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly models: Models;
  readonly traces: Traces;
  readonly blobs: Blobs;
  readonly database: Database;
  readonly clock: Clock;
  /** A URI below which clients keep the files of new experiments themselves; undefined: they send them here. */
  readonly artifactRoot?: string | undefined;
}

/** Who asks, where, and what; the answer is the JSON of MLflow's message. */
export interface Asked<F extends Fields> {
  readonly caller: Caller;
  readonly project: Project;
  readonly asked: Read<F>;
  /** As it came, for messages within. */
  readonly wire: Wire;
  /** By which the client reaches this server. */
  readonly host: string;
}

type Any = Incoming<unknown, unknown, unknown>;
type View = (caller: Caller, project: Project, wire: Wire) => unknown;

/** Makes routes for one MLflow server in this one: each under both of its addresses, with the rights of the contracts. */
export function mlflowRouting({ access }: Pick<MlflowDeps, 'access'>) {
  const projectOf = async (caller: Caller, headers: Any['request']['headers']): Promise<Project> => {
    const workspace = headers['x-mlflow-workspace'];
    return typeof workspace === 'string' && workspace !== '' ? access.projects.resolve(workspace) : access.projects.home(caller);
  };

  function raw(name: MlflowRouteName, handler: Handler<unknown, unknown, unknown, unknown>): Route[] {
    const isOpen = mlflowRoutes[name].permission === 'public';
    const options: RouteOptions<unknown> = {
      explain,
      takesPassword: true,
      parseBody: (bytes, headers) => parseWire(bytes, headers, mlflowRoutes[name].method === 'POST'),
      keepsAnswer: false,
      ...(isOpen ? {} : { projectOf }),
    };
    return mlflowEndpoints(name, mlflowRoutes[name]).map((endpoint) => implement(endpoint, handler, options));
  }

  const views = new Map<MlflowRouteName, View>();

  function route<F extends Fields>(name: MlflowRouteName, fields: F, work: (asked: Asked<F>) => unknown): Route[] {
    views.set(name, (caller, project, wire) => work({ caller, project, asked: read(wire, fields), wire, host: '' }));
    const routes = raw(name, ({ caller, project, params, query, body, request }: Any) => {
      const sent = request.method === 'GET' ? queryAsWire(query as Wire, fields) : ((body ?? {}) as Wire);
      const wire = Object.keys(params as Wire).length === 0 ? sent : { ...sent, ...(params as Wire) };
      return work({ caller, project, asked: read(wire, fields), wire, host: request.headers.host ?? '' });
    });
    return routes.map((one) => ({ ...one, options: { ...one.options, reads: Object.keys(fields) } }));
  }

  /** What a route of JSON answers, for another form of the same question; the right to ask is judged there. */
  function view(name: MlflowRouteName): View {
    const found = views.get(name);
    if (!found) throw new Error(`${name} is no route of JSON`);
    return found;
  }

  return { raw, route, view };
}

export type Routing = ReturnType<typeof mlflowRouting>;
