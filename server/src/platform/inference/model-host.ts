import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { type Frame, frameKind, jsonFrame, newFrame } from './frames.ts';
import { type HostEnd, type HostProcess, startHost } from './host-process.ts';
import { giveUp, type HostedModel, putOff, strike } from './hosted-model.ts';
import { backoff_ms, type InferenceLimits } from './limits.ts';
import { type FailedMessage, inferFrame, type LoadedMessage, type LoadMessage, readAnswerFrame, readJson } from './messages.ts';
import { probeRuntime } from './probe.ts';
import type { Runtime } from './types.ts';
import { fail, lateError, type Part, settle } from './waiting.ts';

/** A frame that the host has not answered yet. */
interface Pending {
  readonly model: HostedModel;
  readonly parts: readonly Part[] | undefined;
}

const sweep_ms = 10;
/** A host that ran this long has recovered: the next crash is again the first. */
const recovered_ms = 30_000;
const idLimit = 2 ** 32 - 1;

/** One host process and what it owes us: starts it, feeds it, notices its end, starts it again. */
export class ModelHost {
  /** By their keys. */
  readonly models = new Map<string, HostedModel>();
  runtime: Runtime | undefined;
  restarts = 0;
  host: HostProcess | undefined;
  private readonly log: Log;
  private readonly limits: InferenceLimits;
  /** Frames in the order of sending; the host works in this order, so the first is the one that it works on. */
  private readonly pending = new Map<number, Pending>();
  /** Since when the host works on the first of them: not since it was sent, as others may have been before it. */
  private working_since = 0;
  /** The last try to start a host failed. */
  private unstartable = false;
  private starting: Promise<void> | undefined;
  private restartTimer: NodeJS.Timeout | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private started_at = 0;
  private crashes = 0;
  private lastId = 0;
  private stopped = false;

  constructor(log: Log, limits: InferenceLimits, runtime: Runtime | undefined) {
    this.log = log;
    this.limits = limits;
    this.runtime = runtime;
  }

  /** Sends a model that was added to the host; starts the host if there is none. */
  add(model: HostedModel): void {
    this.models.set(model.key, model);
    if (this.host) this.sendLoad(model);
    else this.start();
    if (this.unstartable) putOff(model, notStarted());
  }

  remove(model: HostedModel): void {
    this.models.delete(model.key);
    if (this.host && model.handle > 0) {
      const frame = newFrame(frameKind.unload, this.nextId(), 4);
      frame.writeUInt32LE(model.handle, frame.length - 4);
      this.host.send(frame);
    }
    this.endWhenIdle();
  }

  /** Has the waiting requests of a model sent. After this turn of the event loop, so that all that arrived in it share a batch. */
  pump(model: HostedModel): void {
    this.sweepSoon();
    if (model.pumping || model.inFlight || model.state !== 'ready') return;
    model.pumping = true;
    setImmediate(() => {
      model.pumping = false;
      this.sendBatch(model);
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.restartTimer);
    const stopping = failure('busy', { what: 'The model host', reason: 'the server is stopping' });
    for (const { parts } of this.pending.values()) for (const { request } of parts ?? []) fail(request, stopping);
    for (const model of this.models.values()) giveUp(model, 'failed', stopping);
    this.models.clear();
    this.pending.clear();
    clearTimeout(this.sweepTimer);
    await this.starting;
    const host = this.host;
    this.host = undefined;
    await host?.stop();
  }

  private start(): void {
    if (this.host || this.starting || this.restartTimer || this.stopped) return;
    this.starting = this.startOnce().finally(() => {
      this.starting = undefined;
      this.endWhenIdle();
    });
  }

  private async startOnce(): Promise<void> {
    try {
      this.runtime ??= await probeRuntime();
      const host = await startHost(this.runtime, this.limits, (frame) => this.onFrame(frame));
      if (this.stopped) return await host.stop();
      this.host = host;
      this.unstartable = false;
      // Also when it has ended already.
      void host.ended.then((end) => this.onEnd(host, end));
      this.started_at = performance.now();
      this.log.info('model host started', { pid: host.pid, runtime: this.runtime });
      for (const model of this.models.values()) this.sendLoad(model);
    } catch (error) {
      this.unstartable = true;
      for (const model of this.models.values()) if (model.state === 'loading') putOff(model, notStarted());
      this.restart({ reason: 'it could not be started', said: error instanceof Error ? error.message : String(error) });
    }
  }

  private sendLoad(model: HostedModel): void {
    if (model.state !== 'loading') return;
    model.handle = this.nextId();
    const { digest, path, input } = model.file;
    this.send(model.handle, jsonFrame(frameKind.load, model.handle, { digest, path, input } satisfies LoadMessage), model, undefined);
  }

  private sendBatch(model: HostedModel): void {
    if (!this.host || model.inFlight || model.state !== 'ready') return;
    const parts = model.waiting.take(this.limits.batch_rows);
    if (parts.length === 0) return;
    model.inFlight = parts;
    model.counts.batches += 1;
    const id = this.nextId();
    this.send(id, inferFrame(id, model.handle, model.file.input, parts), model, parts);
  }

  private send(id: number, frame: Buffer, model: HostedModel, parts: readonly Part[] | undefined): void {
    if (this.pending.size === 0) this.working_since = performance.now();
    this.pending.set(id, { model, parts });
    this.host?.send(frame);
    this.sweepSoon();
  }

  private onFrame(frame: Frame): void {
    const pending = this.pending.get(frame.id);
    if (!pending) return;
    this.pending.delete(frame.id);
    this.working_since = performance.now();
    const { model, parts } = pending;
    if (parts) model.inFlight = undefined;
    if (frame.kind === frameKind.loaded) this.onLoaded(model, readJson<LoadedMessage>(frame));
    else if (frame.kind === frameKind.answer && parts) settle(parts, readAnswerFrame(frame.body, model.classes));
    else if (frame.kind === frameKind.failed) this.onFailed(model, parts, readJson<FailedMessage>(frame));
    if (model.waiting.count > 0) this.pump(model);
    this.endWhenIdle();
  }

  private onLoaded(model: HostedModel, { classes, load_ms }: LoadedMessage): void {
    Object.assign(model, { state: 'ready', classes, load_ms });
    const { digest, input } = model.file;
    model.loaded.resolve({ digest, runtime: this.runtime ?? 'wasm', classes, input, load_ms });
  }

  private onFailed(model: HostedModel, parts: readonly Part[] | undefined, { code, reason }: FailedMessage): void {
    const digest = model.file.digest;
    if (!parts) {
      this.log.warn('model could not be loaded', { model: digest, code, reason });
      const changed = code === 'artifact_changed';
      giveUp(
        model,
        'failed',
        changed ? failure(code, { model: digest, found: reason }) : failure('model_load_failed', { model: digest, reason }),
      );
    } else if (parts.length > 1) {
      model.waiting.putBack(parts);
    } else {
      for (const { request } of parts) fail(request, failure('model_run_failed', { model: digest, reason }));
      this.expire(model);
    }
  }

  /** The process is gone: what it worked on fails, the model at work gets a strike, the others are loaded again. */
  private onEnd(host: HostProcess, end: HostEnd): void {
    if (this.host !== host) return;
    this.host = undefined;
    const [atWork] = this.pending.values();
    for (const { model, parts } of this.pending.values()) {
      for (const { request } of parts ?? []) fail(request, failure('model_host_failed', { model: model.file.digest, reason: end.reason }));
    }
    this.pending.clear();
    for (const model of this.models.values()) {
      model.inFlight = undefined;
      model.handle = 0;
      if (model.state === 'ready') model.state = 'loading';
      this.expire(model);
    }
    if (atWork) strike(atWork.model, performance.now(), this.limits);
    if (performance.now() - this.started_at > recovered_ms) this.crashes = 0;
    this.restart(end, atWork?.model.file.digest);
  }

  private restart({ reason, said }: HostEnd, model?: string): void {
    this.crashes += 1;
    const pause_ms = backoff_ms(this.crashes, this.limits.backoffMost_ms);
    this.log.error('model host ended', { reason, said, restart_ms: pause_ms, ...(model ? { model } : {}) });
    if (this.stopped) return;
    this.restartTimer = setTimeout(() => {
      this.restartTimer = undefined;
      const wanted = [...this.models.values()].some(({ state }) => state === 'loading');
      if (!wanted) {
        this.unstartable = false;
        return;
      }
      this.restarts += 1;
      this.start();
    }, pause_ms);
  }

  /** Without a model there is no host. */
  private endWhenIdle(): void {
    if (this.models.size > 0 || this.pending.size > 0 || !this.host) return;
    const host = this.host;
    this.host = undefined;
    host.stop().catch((error: unknown) => this.log.error('model host did not stop', { error: String(error) }));
  }

  private sweepSoon(): void {
    this.sweepTimer ??= setTimeout(() => {
      this.sweepTimer = undefined;
      this.sweep();
    }, sweep_ms);
  }

  /** One timer for all deadlines, alive only while something waits. */
  private sweep(): void {
    const now = performance.now();
    let waiting = this.pending.size;
    for (const model of this.models.values()) {
      this.expire(model);
      waiting += model.waiting.count;
    }
    const [atWork] = this.pending.values();
    const limit_ms = atWork?.parts ? this.limits.run_limit_ms : this.limits.load_limit_ms;
    if (atWork && now - this.working_since > limit_ms)
      this.host?.kill(`a ${atWork.parts ? 'run' : 'load'} took longer than ${limit_ms} ms`);
    if (waiting > 0) this.sweepSoon();
  }

  private expire(model: HostedModel): void {
    const now = performance.now();
    const late = (request: Part['request']) => {
      model.counts.late += 1;
      return lateError(model.file.digest, request);
    };
    for (const { request } of model.inFlight ?? []) if (!request.settled && request.deadline <= now) fail(request, late(request));
    model.waiting.expire(now, late);
  }

  private nextId(): number {
    this.lastId = this.lastId >= idLimit ? 1 : this.lastId + 1;
    return this.lastId;
  }
}

function notStarted(): SlipwayError {
  return failure('busy', { what: 'The model host', reason: 'it could not be started, and the log of the server says why' });
}
