import { type Caller, may } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import type { Inference, InferResult, ModelColumns } from '../../platform/inference/index.ts';
import type { Envelope, Predictions } from '../predictions/index.ts';
import type { LiveDeployment, LiveTable, ServedVersion } from './live.ts';
import { type PredictRequest, readRequest } from './prediction-request.ts';
import { placeOf } from './split.ts';

export interface PredictedRow {
  readonly id: string;
  readonly version: number;
  readonly label?: string;
  /** Of the positive class of a binary model. */
  readonly probability?: number;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly prediction?: number;
  readonly warnings: readonly string[];
}

export interface PredictAnswer {
  readonly deployment: string;
  readonly model: string;
  /** The version of all rows; null where a running rollout answered some by each. */
  readonly version: number | null;
  readonly predictions: readonly PredictedRow[];
}

export interface ServingDeps {
  readonly table: LiveTable;
  readonly inference: Inference;
  readonly predictions: Predictions;
  readonly clock: Clock;
  readonly projectOf: (id: string) => Promise<Project>;
  readonly projectNow: (project: Project) => Promise<number>;
}

/** One request from its body to its answer. */
interface Serving {
  readonly live: LiveDeployment;
  readonly project: Project;
  readonly caller: Caller;
  /** When its time began: as it came, or when its model was there after a start of the server. */
  begun: number;
  readonly now_ms: number;
  /** The running rollout; null for a request that named its version, which no comparison of arms may count. */
  readonly rollout: number | null;
  queue_us: number;
  /** The versions that a refusal or failure is put down to; null before one was chosen. */
  answerable: readonly (number | null)[];
}

/**
 * Scores rows. `only` asks for one version that serves, as an address with a version does. Errors: `not_found`, `not_permitted`,
 * `invalid_input`, `input_refused`, `event_time_ahead`, `limit_reached` (per day), `model_queue_full`, `deadline_exceeded`,
 * `nothing_served`, `deployment_starting`, and those of the model host. Every refusal after the sign-in leaves an envelope, as every answer does.
 */
export async function predict(deps: ServingDeps, caller: Caller, name: string, body: unknown, only?: number): Promise<PredictAnswer> {
  const begun = deps.clock.monotonic();
  const live = deps.table.get(name);
  if (!live || !may(caller, { id: live.project_id }, 'read')) throw failure('not_found', { what: 'deployment', name });
  const project = await deps.projectOf(live.project_id);
  if (!may(caller, project, 'predict'))
    throw failure('not_permitted', { caller: caller.name, permission: 'predict', project: project.name });
  const rollout = only === undefined ? live.rollout : null;
  const serving: Serving = {
    live,
    project,
    caller,
    begun,
    now_ms: await deps.projectNow(project),
    rollout,
    queue_us: 0,
    answerable: [null],
  };
  try {
    if (deps.table.loading > 0) {
      await deps.table.loaded(live);
      serving.begun = deps.clock.monotonic();
    }
    return await serve(deps, serving, readRequest(body), only);
  } catch (error) {
    recordRefusal(deps, serving, body, error);
    throw error;
  }
}

async function serve(deps: ServingDeps, serving: Serving, request: PredictRequest, only: number | undefined): Promise<PredictAnswer> {
  const { live } = serving;
  assertTimes(serving, request);
  const deadline = serving.begun + live.deadline_ms;
  const entering = live.limiter.enter(deadline);
  if (entering !== null) {
    await entering;
    serving.queue_us = Math.round((deps.clock.monotonic() - serving.begun) * 1000);
  }
  try {
    if (live.per_day !== null) countDay(serving, request.rows.length);
    return await score(deps, serving, request, { deadline, only });
  } finally {
    live.limiter.leave();
  }
}

/** After its turn has come, so that what the queue turned away is not counted. */
function countDay({ live, project, now_ms }: Serving, rows: number): void {
  const { day, left_ms } = live.day(project.zone, now_ms);
  live.limiter.count(rows, day, project.clock === 'data' ? null : left_ms);
}

function assertTimes({ project, caller, now_ms }: Serving, { event_time_ms }: PredictRequest): void {
  if (event_time_ms === undefined || project.clock !== 'data') return;
  const latest = typeof event_time_ms === 'number' ? event_time_ms : event_time_ms.reduce((most, time) => Math.max(most, time), 0);
  if (latest <= now_ms || may(caller, project, 'clock')) return;
  throw failure('event_time_ahead', {
    got: new Date(latest).toISOString(),
    project: project.name,
    now: new Date(now_ms).toISOString(),
  });
}

/** Rows of one version: their places in the request. */
interface ArmRows {
  readonly version: ServedVersion;
  readonly at: readonly number[] | null;
}

interface Bounds {
  readonly deadline: number;
  readonly only: number | undefined;
}

async function score(deps: ServingDeps, serving: Serving, request: PredictRequest, { deadline, only }: Bounds): Promise<PredictAnswer> {
  const { live } = serving;
  const key = newId('prd');
  const arms = armsOf(live, request, key, only);
  const read = arms.map(({ version, at }) => {
    serving.answerable = [version.number];
    const rows = at === null ? request.rows : at.map((place) => request.rows[place] ?? {});
    return version.read(rows);
  });
  const results = await inferArms(
    serving,
    arms.map(({ version }) => version.number),
    arms.map(({ version }, arm) => infer(deps, serving, version, read[arm]?.columns ?? {}, deadline)),
  );
  const latency_us = Math.round((deps.clock.monotonic() - serving.begun) * 1000);
  const received_at_ms = deps.clock.now();
  const predictions = new Array<PredictedRow>(request.rows.length);
  const envelopes: Envelope[] = [];
  arms.forEach(({ version, at }, arm) => {
    const [result, rows] = [results[arm], read[arm]];
    if (!result || !rows) return;
    const readRow = rowReader(version, result);
    rows.warnings.forEach((warnings, nth) => {
      const place = at === null ? nth : (at[nth] ?? 0);
      const id = request.ids?.[place] ?? (request.rows.length === 1 ? key : `${key}#${place}`);
      const { score: value, answer } = readRow(nth);
      predictions[place] = { id, version: version.number, ...answer, warnings };
      envelopes.push({
        ...envelopeOf(serving, request, place, id),
        received_at_ms,
        version: version.number,
        latency_us,
        score: value,
        label: answer.label ?? null,
        warnings,
      });
    });
  });
  deps.predictions.record(envelopes);
  const one = arms.length === 1 ? arms[0] : undefined;
  return { deployment: live.name, model: live.model, version: one ? one.version.number : null, predictions };
}

/** Which version answers which rows. Without row ids a request is answered by one version, chosen by its own key. */
function armsOf(live: LiveDeployment, request: PredictRequest, key: string, only: number | undefined): ArmRows[] {
  const { champion, challenger, share, salt } = live;
  if (only !== undefined) {
    const version = [champion, challenger].find((one) => one?.number === only);
    if (!version) throw failure('not_found', { what: `serving version of deployment ${live.name}`, name: String(only) });
    return [{ version, at: null }];
  }
  if (champion === null) throw failure('nothing_served', { deployment: live.name });
  if (challenger === null || share === 0) return [{ version: champion, at: null }];
  const { ids } = request;
  if (ids === undefined) return [{ version: placeOf(key, salt) < share ? challenger : champion, at: null }];
  const [toOld, toNew]: [number[], number[]] = [[], []];
  for (const [at, id] of ids.entries()) (placeOf(id, salt) < share ? toNew : toOld).push(at);
  if (toNew.length === 0) return [{ version: champion, at: null }];
  if (toOld.length === 0) return [{ version: challenger, at: null }];
  return [
    { version: champion, at: toOld },
    { version: challenger, at: toNew },
  ];
}

/** What all arms answer; throws when one fails. Each that failed answers for it, and no other: the guards of the rollout count it. */
async function inferArms(serving: Serving, versions: readonly number[], asked: readonly Promise<InferResult>[]): Promise<InferResult[]> {
  const settled = await Promise.allSettled(asked);
  const results = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (results.length === settled.length) return results;
  serving.answerable = versions.filter((_, arm) => settled[arm]?.status === 'rejected');
  await Promise.all(asked);
  return results;
}

async function infer(
  { inference, table, clock }: ServingDeps,
  serving: Serving,
  { key, version }: ServedVersion,
  columns: ModelColumns,
  deadline: number,
): Promise<InferResult> {
  const left_ms = (): number => Math.max(1, deadline - clock.monotonic());
  const late = (): SlipwayError =>
    failure('deadline_exceeded', { model: `${serving.live.name} version ${version.number}`, deadline_ms: serving.live.deadline_ms });
  const ask = async (): Promise<InferResult> => {
    try {
      return await inference.infer(key, columns, { deadline_ms: left_ms() });
    } catch (error) {
      throw error instanceof SlipwayError && error.code === 'deadline_exceeded' ? late() : error;
    }
  };
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'model_not_loaded') throw error;
    // Somebody who measured it unloaded it: it is loaded again, and the request goes on while it may.
    await within(table.load(version), left_ms(), late);
    return ask();
  }
}

/** Gives up waiting for `work` after `limit_ms`; the work itself goes on. */
async function within(work: Promise<void>, limit_ms: number, late: () => SlipwayError): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), limit_ms);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

interface ReadRow {
  readonly score: number | null;
  readonly answer: Pick<PredictedRow, 'label' | 'probability' | 'probabilities' | 'prediction'>;
}

/**
 * Makes the reader of a result's rows. The positive class of a binary model is its second. A foreign file that names no classes
 * answers them by number; the signature has their names.
 */
function rowReader({ version }: ServedVersion, result: InferResult): (row: number) => ReadRow {
  const { predictions, probabilities, labels } = result;
  const width = result.classes.length;
  const classes = version.signature.classes.length === width ? version.signature.classes : result.classes;
  const named = new Map(result.classes.map((label, at) => [label, classes[at] ?? label]));
  const positive = version.signature.task === 'binary' ? classes.indexOf(version.signature.classes[1] ?? '') : -1;
  return (row) => {
    if (predictions) {
      const prediction = predictions[row] ?? 0;
      return { score: prediction, answer: { prediction } };
    }
    const given = labels?.[row];
    const label = given === undefined ? undefined : (named.get(given) ?? given);
    if (!probabilities) return { score: null, answer: label === undefined ? {} : { label } };
    const own: [string, number][] = classes.map((name, at) => [name, probabilities[row * width + at] ?? 0]);
    const score = positive < 0 ? null : (own[positive]?.[1] ?? null);
    const best = label ?? own.reduce((most, one) => (one[1] > most[1] ? one : most), own[0] ?? ['', 0])[0];
    const answer = { label: best, probabilities: Object.fromEntries(own) };
    return { score, answer: score === null ? answer : { ...answer, probability: score } };
  };
}

function envelopeOf(serving: Serving, request: PredictRequest, place: number, id: string): Envelope {
  const { live, now_ms } = serving;
  const times = request.event_time_ms;
  return {
    deployment: live.name,
    id,
    project_id: live.project_id,
    version: null,
    rollout: serving.rollout,
    event_time_ms: typeof times === 'number' ? times : (times?.[place] ?? now_ms),
    received_at_ms: 0,
    status: 'ok',
    error_code: null,
    latency_us: 0,
    queue_us: serving.queue_us,
    score: null,
    label: null,
    warnings: noWarnings,
    body: live.keeps_bodies ? (request.rows[place] ?? null) : null,
    sampled_share: live.keeps_bodies ? 1 : 0,
  };
}

const noWarnings: readonly string[] = [];
const summaryLimit_chars = 2000;

/** An envelope for a request that got no answer, one for each version that failed on it: `refused` for what its sender can mend, `failed` for what we can. */
function recordRefusal({ predictions, clock }: ServingDeps, serving: Serving, body: unknown, error: unknown): void {
  const known = error instanceof SlipwayError ? error : null;
  const rows = typeof body === 'object' && body !== null && 'rows' in body && Array.isArray(body.rows) ? body.rows.length : 0;
  const problems = known?.details['problems'] ?? [];
  const ours = known === null || known.status >= 500;
  const early = known !== null && ['model_queue_full', 'nothing_served', 'deployment_starting'].includes(known.code);
  predictions.record(
    serving.answerable.map((version) => ({
      ...envelopeOf(serving, { rows: [] }, 0, newId('prd')),
      received_at_ms: clock.now(),
      version,
      status: ours && !early ? 'failed' : 'refused',
      error_code: known?.code ?? 'internal',
      latency_us: Math.round((clock.monotonic() - serving.begun) * 1000),
      body: { rows, problems: JSON.stringify(problems).slice(0, summaryLimit_chars) },
    })),
  );
}
