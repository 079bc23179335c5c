import { type Caller, may } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { DefinitionsOf } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { type Inference, type ModelFile, modelKey } from '../../platform/inference/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { modelFile } from '../gates/index.ts';
import type { Models, ModelVersion } from '../models/index.ts';
import type { Predictions } from '../predictions/index.ts';
import { type DeploymentDefinition, limitsOf } from './deployment.ts';
import { type DeploymentState, findLiveRollout, findState, listStates } from './deployments-store.ts';
import { compileInput, type ReadInput } from './input-rules.ts';
import { Limiter } from './limiter.ts';
import { createProjectDay, type ProjectDay } from './project-day.ts';
import { shareOf } from './rollout.ts';
import { saltOf } from './split.ts';

/** A version that is loaded and answers. */
export interface ServedVersion {
  readonly number: number;
  /** By which the host knows it. */
  readonly key: string;
  readonly version: ModelVersion;
  readonly read: ReadInput;
}

/** All that a request needs of a deployment, at hand without a look into the database. */
export interface LiveDeployment {
  readonly name: string;
  readonly project_id: string;
  readonly model: string;
  readonly deadline_ms: number;
  readonly per_day: number | null;
  readonly keeps_bodies: boolean;
  readonly champion: ServedVersion | null;
  readonly challenger: ServedVersion | null;
  readonly previous: ServedVersion | null;
  /** Share of the challenger; 0 without one. */
  readonly share: number;
  /** Number of the running rollout, which rows of both arms carry. */
  readonly rollout: number | null;
  readonly salt: string;
  readonly limiter: Limiter;
  readonly day: (zone: string, now_ms: number) => ProjectDay;
}

export interface LiveDeps {
  readonly database: Database;
  readonly events: Pick<Events, 'subscribe'>;
  readonly models: Models;
  readonly inference: Inference;
  readonly blobs: Blobs;
  readonly predictions: Predictions;
  readonly clock: Clock;
  readonly projectOf: (id: string) => Promise<Project>;
  readonly projectNow: (project: Project) => Promise<number>;
  readonly definitions: DefinitionsOf<DeploymentDefinition>;
  readonly log: Log;
}

/** Brings a version into the host, now or by and by. */
type Loading = (version: ModelVersion) => Promise<void> | void;

/** A request that comes before its model waits this long, and only so many do: a start takes a second. */
const startWait_ms = 10_000;
const waitingLimit = 1_000;
/** A displaced version stays loaded this long, so that requests that chose it still find it. */
const drain_ms = 5_000;
const day_ms = 86_400_000;
/** How often the day's rows are counted anew where other processes serve too: what they served since is what a daily limit can be passed by. */
const recount_ms = 2_000;

/** The deployments of the server in memory, and their versions in the model host. */
export class LiveTable {
  readonly #deps: LiveDeps;
  readonly #table = new Map<string, LiveDeployment>();
  readonly #drains = new Set<NodeJS.Timeout>();
  /** Versions that a start is still loading, by the key of the host. */
  readonly #loading = new Map<string, Promise<void>>();
  #waiting = 0;
  #others: (() => void) | null = null;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  get(name: string): LiveDeployment | undefined {
    return this.#table.get(name);
  }

  /** What answers under a name, the champion first; null where the caller may not know of it. */
  servingTo(caller: Caller, name: string): { deployment: string; number: number; signature: ModelVersion['signature'] }[] | null {
    const live = this.#table.get(name);
    if (!live || !may(caller, { id: live.project_id }, 'read')) return null;
    const versions = [live.champion, live.challenger].filter((one) => one !== null);
    return versions.map(({ number, version }) => ({ deployment: name, number, signature: version.signature }));
  }

  /**
   * Brings all deployments up, and resolves while their versions are still being loaded: requests wait for theirs (`loaded`). A version that cannot be loaded is logged, and does not keep the others from serving.
   */
  async start(): Promise<void> {
    const states = await listStates(this.#deps.database.read);
    await Promise.all(states.map((state) => this.#read(state.name, (version) => this.#loadAside(version))));
    if (this.#deps.database.profile.shared) this.#others = this.#followOthers();
  }

  stop(): void {
    this.#others?.();
    for (const drain of this.#drains) clearTimeout(drain);
    this.#drains.clear();
  }

  /** How many versions a start has not loaded yet. */
  get loading(): number {
    return this.#loading.size;
  }

  /** Resolves once the versions of a deployment were loaded after a start, or failed to be. Throws `deployment_starting` if that takes long. */
  async loaded({ name, champion, challenger }: LiveDeployment): Promise<void> {
    const loads = [champion, challenger].flatMap((one) => (one === null ? [] : (this.#loading.get(one.key) ?? [])));
    if (loads.length === 0) return;
    const starting = () => failure('deployment_starting', { deployment: name }, { retry_after_s: 1 });
    if (this.#waiting >= waitingLimit) throw starting();
    this.#waiting++;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(starting()), startWait_ms);
    try {
      await Promise.race([Promise.all(loads), late.promise]);
    } finally {
      clearTimeout(timer);
      this.#waiting--;
    }
  }

  /** Loads a version into the host; throws why it cannot be served. */
  async load(version: ModelVersion): Promise<void> {
    const { inference, blobs } = this.#deps;
    const file = servedFile(version);
    await inference.load({ ...file, path: await blobs.path(file.digest) });
  }

  /** Reads a deployment anew after a commit. One at a time: the last commit is what stays. Never rejects: the commit stands. */
  refresh(name: string): Promise<void> {
    return this.#read(name, (version) => this.#tryLoad(version));
  }

  #read(name: string, load: Loading): Promise<void> {
    this.#refreshing = this.#refreshing.then(async () => {
      const before = this.#table.get(name);
      const state = await findState(this.#deps.database.read, name);
      const after = state && state.retired_at_ms === null ? await this.#build(state, before, load) : undefined;
      if (after) this.#table.set(name, after);
      else this.#table.delete(name);
      this.#drainSoon(before);
    });
    this.#refreshing = this.#refreshing.catch((error: unknown) =>
      this.#deps.log.error('a deployment could not be read', { deployment: name, error }),
    );
    return this.#refreshing;
  }

  /** What another process changes is read anew here, and what it served counts. */
  #followOthers(): () => void {
    const { events, log } = this.#deps;
    const unsubscribe = events.subscribe(({ subject }) => {
      const name = /^deployment (.+)$/.exec(subject)?.[1];
      if (name !== undefined) void this.refresh(name);
    });
    const recount = setInterval(() => {
      for (const { name, project_id, per_day, limiter, day } of this.#table.values()) {
        if (per_day === null) continue;
        this.#countDay(project_id, name, limiter, day).catch((error: unknown) =>
          log.error('the rows of a day could not be counted', { deployment: name, error }),
        );
      }
    }, recount_ms);
    return () => {
      unsubscribe();
      clearInterval(recount);
    };
  }

  async #build(state: DeploymentState, before: LiveDeployment | undefined, load: Loading): Promise<LiveDeployment | undefined> {
    const { database, projectOf, definitions, clock } = this.#deps;
    const project = await projectOf(state.project_id);
    const defined = await definitions.find(project, state.name);
    if (!defined || defined.retired) return undefined;
    const { definition } = defined;
    const limits = limitsOf(definition);
    const rollout = await findLiveRollout(database.read, state.name);
    const serve = (number: number | null) => (number === null ? null : this.#serve(project, definition, number, { before, load }));
    const [champion, challenger, previous] = await Promise.all([
      serve(state.champion),
      serve(rollout?.version ?? null),
      serve(state.previous),
    ]);
    const limiter = before?.limiter ?? new Limiter(state.name, limits, () => clock.monotonic());
    limiter.limits = limits;
    const day = before?.day ?? createProjectDay();
    if (!before && limits.per_day !== null) await this.#countDay(project.id, state.name, limiter, day);
    return {
      name: state.name,
      project_id: project.id,
      model: definition.model,
      deadline_ms: limits.deadline_ms,
      per_day: limits.per_day,
      keeps_bodies: definition.keep_bodies ?? true,
      champion,
      challenger,
      previous,
      share: rollout && challenger ? shareOf(rollout) : 0,
      rollout: rollout?.number ?? null,
      salt: saltOf(state.name, rollout?.number ?? 0),
      limiter,
      day,
    };
  }

  async #serve(
    project: Project,
    definition: DeploymentDefinition,
    number: number,
    { before, load }: { readonly before: LiveDeployment | undefined; readonly load: Loading },
  ): Promise<ServedVersion> {
    const known = [before?.champion, before?.challenger, before?.previous].find((one) => one?.number === number);
    const version = known?.version ?? (await this.#deps.models.version(project, definition.model, number));
    // What is loaded is not asked for again: a pointer must move at once, also while the host restarts.
    if (!known) await load(version);
    return { number, key: modelKey(servedFile(version)), version, read: compileInput(version.signature, definition.unexpected) };
  }

  #loadAside(version: ModelVersion): void {
    const key = modelKey(servedFile(version));
    this.#loading.set(
      key,
      this.#tryLoad(version).finally(() => this.#loading.delete(key)),
    );
  }

  async #tryLoad(version: ModelVersion): Promise<void> {
    try {
      await this.load(version);
    } catch (error) {
      this.#deps.log.error('a version that should serve could not be loaded', { model: version.model, version: version.number, error });
    }
  }

  /** After a restart the day's rows that are known count on. */
  async #countDay(project_id: string, name: string, limiter: Limiter, day: LiveDeployment['day']): Promise<void> {
    const project = await this.#deps.projectOf(project_id);
    const now_ms = await this.#deps.projectNow(project);
    const { day: today, left_ms } = day(project.zone, now_ms);
    const end_ms = now_ms + left_ms;
    const counts = await this.#deps.predictions.served(name, end_ms - day_ms, end_ms);
    limiter.countedBefore(
      counts.reduce((sum, { status, rows }) => sum + (status === 'refused' ? 0 : rows), 0),
      today,
    );
  }

  #drainSoon(before: LiveDeployment | undefined): void {
    const old = versionsOf(before).filter((one) => !this.#serves(one.key));
    if (old.length === 0) return;
    const drain = setTimeout(() => {
      this.#drains.delete(drain);
      for (const { key } of old) {
        if (this.#serves(key)) continue;
        this.#deps.inference
          .unload(key)
          .catch((error: unknown) => this.#deps.log.error('a version could not be unloaded', { model: key, error }));
      }
    }, drain_ms);
    drain.unref();
    this.#drains.add(drain);
  }

  #serves(key: string): boolean {
    for (const live of this.#table.values()) if (versionsOf(live).some((one) => one.key === key)) return true;
    return false;
  }
}

function versionsOf(live: LiveDeployment | undefined): ServedVersion[] {
  return [live?.champion, live?.challenger, live?.previous].filter((one) => one != null);
}

function servedFile(version: ModelVersion): Pick<ModelFile, 'digest' | 'input'> {
  const file = version.files.find((one) => one.path === modelFile) ?? version.files.find((one) => one.path.endsWith('.onnx'));
  if (!file) throw new Error(`version ${version.number} of ${version.model} has no ONNX file`);
  return { digest: file.digest, input: version.signature.inputs.map(({ name, kind }) => ({ name, kind })) };
}
