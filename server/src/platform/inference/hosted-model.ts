import { sha256 } from '../../kernel/digest.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { InferenceLimits } from './limits.ts';
import type { InputColumn, Runtime } from './types.ts';
import { type Part, WaitingRequests } from './waiting.ts';

/** A model file for the host. `digest` is the SHA-256 of its bytes in hexadecimal; the bytes are hashed before every load. */
export interface ModelFile {
  readonly digest: string;
  /** Absolute path of the artifact in the blob store; never from a client. */
  readonly path: string;
  readonly input: readonly InputColumn[];
}

/**
 * By what a model is known here. The columns of a matrix have their order from whoever registered the file, so the same bytes with
 * other names for them are another model.
 */
export function modelKey({ digest, input }: Pick<ModelFile, 'digest' | 'input'>): string {
  const order = sha256(JSON.stringify(input.map(({ name, kind }) => [name, kind])));
  return `${digest}/${order.slice(0, 16)}`;
}

export interface LoadedModel {
  readonly digest: string;
  readonly runtime: Runtime;
  /** Class labels in the order of the probabilities; empty for a regression, or when the model does not name them. */
  readonly classes: readonly string[];
  readonly input: readonly InputColumn[];
  readonly load_ms: number;
}

/** What the server knows of one model in the host, across restarts of the host. */
export interface HostedModel {
  readonly key: string;
  readonly file: ModelFile;
  readonly waiting: WaitingRequests;
  loaded: PromiseWithResolvers<LoadedModel>;
  state: 'loading' | 'ready' | 'failed' | 'quarantined';
  /** Why it failed or is quarantined. */
  error?: SlipwayError;
  /** Names the model in frames to the present host; 0 before it was sent there. */
  handle: number;
  classes: readonly string[];
  load_ms: number;
  inFlight: readonly Part[] | undefined;
  pumping: boolean;
  /** Times at which it ended the host, on the monotonic clock. */
  strikes: readonly number[];
  readonly counts: { requests: number; rows: number; batches: number; late: number };
}

export function newHostedModel(file: ModelFile): HostedModel {
  return {
    key: modelKey(file),
    file,
    waiting: new WaitingRequests(),
    loaded: newLoad(),
    state: 'loading',
    handle: 0,
    classes: [],
    load_ms: 0,
    inFlight: undefined,
    pumping: false,
    strikes: [],
    counts: { requests: 0, rows: 0, batches: 0, late: 0 },
  };
}

function newLoad(): PromiseWithResolvers<LoadedModel> {
  const loaded = Promise.withResolvers<LoadedModel>();
  // Whoever asked for the load sees its failure; after a restart nobody may be waiting.
  loaded.promise.catch(() => undefined);
  return loaded;
}

/** Tells whoever waits for the load why it takes longer. The model is loaded all the same as soon as it can be. */
export function putOff(model: HostedModel, error: SlipwayError): void {
  model.loaded.reject(error);
  model.loaded = newLoad();
}

/** Takes a model out of service for good: nothing more is sent to the host for it. */
export function giveUp(model: HostedModel, state: 'failed' | 'quarantined', error: SlipwayError): void {
  model.state = state;
  model.error = error;
  model.loaded.reject(error);
  model.waiting.failAll(error);
}

/** Notes that the host ended while it worked on this model; at the limit the model is quarantined. */
export function strike(model: HostedModel, now: number, limits: InferenceLimits): void {
  model.strikes = [...model.strikes.filter((at) => now - at < limits.strikeWindow_ms), now];
  if (model.strikes.length < limits.strikes || model.state === 'quarantined') return;
  giveUp(model, 'quarantined', failure('model_quarantined', { model: model.file.digest, strikes: model.strikes.length }));
}
