import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { digestOf } from '../../kernel/digest.ts';
import { parsed } from '../../kernel/json.ts';
import { afterCommit, type Database, type Handle, Kept } from '../database/index.ts';
import type { EventFilter, NewEvent, SlipwayEvent } from './event.ts';
import { countEvents, insertEvent, lastEventNumber, selectEvent, selectEvents } from './events-store.ts';
import { News } from './news.ts';

export type { EventFilter, NewEvent, SlipwayEvent } from './event.ts';

/** Called inside the write of an event, so that what must follow (a job) is as durable as the event itself. */
export type EventHook = (tx: Handle, event: SlipwayEvent) => Promise<void>;

export interface Events {
  /** Writes an event in the transaction of the change that it tells of. Resolves to its number. */
  emit(tx: Handle, caller: Caller, event: NewEvent): Promise<number>;
  list(filter: EventFilter): Promise<SlipwayEvent[]>;
  /** How many events of these types a project has; types without any are left out. */
  count(project_id: string, types: readonly string[]): Promise<Map<string, number>>;
  get(number: number): Promise<SlipwayEvent | null>;
  /** The event and what led to it, first cause first. */
  why(number: number): Promise<SlipwayEvent[]>;
  /** How many events led to this one, counted up to `causeLimit`. */
  depthIn(tx: Handle, event: SlipwayEvent): Promise<number>;
  /** Calls `listener` for every event that is committed from now on, in order. Returns the way to stop. */
  subscribe(listener: (event: SlipwayEvent) => void): () => void;
  /** The one place where reactions are hooked in (`app/build-app.ts`). */
  react(hook: EventHook): void;
}

/** Chains of causes end here; a reaction refuses to go deeper (`automations`). */
export const causeLimit = 50;
const sizeLimit_chars = 100_000;

export function createEvents({ database, clock }: { readonly database: Database; readonly clock: Clock }): Events {
  const news = new News(database);
  const hooks: EventHook[] = [];
  const kept = new Kept<number>(database);
  /** Safe because all writes of all processes are serial (decision 0017). */
  const nextNumber = async (tx: Handle): Promise<number> => {
    const number = (kept.get(tx, 'last') ?? (await lastEventNumber(tx))) + 1;
    kept.set(tx, 'last', number);
    return number;
  };
  return {
    async emit(tx, caller, given) {
      const event = completeEvent(await nextNumber(tx), caller, given, clock.now());
      insertEvent(database, tx, event);
      for (const hook of hooks) await hook(tx, event);
      afterCommit(tx, () => news.own(event));
      return event.number;
    },
    list: (filter) => selectEvents(database.read, filter),
    count: (project_id, types) => countEvents(database.read, project_id, types),
    get: (number) => selectEvent(database.read, number),
    async why(number) {
      const chain: SlipwayEvent[] = [];
      for (let next: number | null = number; next !== null && chain.length < causeLimit; ) {
        const event: SlipwayEvent | null = await selectEvent(database.read, next);
        if (!event) break;
        chain.unshift(event);
        next = event.cause;
      }
      return chain;
    },
    async depthIn(tx, event) {
      let depth = 0;
      for (let cause = event.cause; cause !== null && depth < causeLimit; depth++) cause = (await selectEvent(tx, cause))?.cause ?? null;
      return depth;
    },
    subscribe: (listener) => news.subscribe(listener),
    react: (hook) => void hooks.push(hook),
  };
}

function completeEvent(number: number, caller: Caller, news: NewEvent, at_ms: number): SlipwayEvent {
  const event = {
    number,
    project_id: news.project_id,
    type: news.type,
    subject: news.subject,
    caller: { kind: caller.kind, id: caller.id, name: caller.name },
    person: caller.person,
    at_ms,
    cause: caller.cause,
    request: caller.request,
    note: news.note ?? null,
    before: bounded(news.before),
    after: bounded(news.after),
  };
  return { ...event, digest: digestOf(event) };
}

/** Before and after are kept whole up to a limit; beyond it their digest stands for them. */
function bounded(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value);
  return text.length <= sizeLimit_chars ? parsed(text) : { too_large_chars: text.length, digest: digestOf(parsed(text)) };
}
