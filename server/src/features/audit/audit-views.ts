import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { EventFilter, Events, SlipwayEvent } from '../../platform/events/index.ts';
import { pushStream } from '../../platform/http/index.ts';
import { type StoryLine, storyOf } from './story.ts';

export interface AuditFilter {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly caller?: string | undefined;
  readonly cause?: number | undefined;
  readonly text?: string | undefined;
  readonly from_ms?: number | undefined;
  readonly to_ms?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly events: SlipwayEvent[];
  /** Where older ones begin; null when there are none. A page may be short, or empty, and still have more behind it. */
  readonly next_before: number | null;
}

const page = 500;
/** A list by time looks at no more than 10,000 events at once; the caller goes on from `next_before`. */
const pagesLimit = 20;
/** Unread events per follower; 1,000 are about 0.5 MB. */
const unreadLimit = 1000;

export function createAudit({ events }: { readonly events: Events }) {
  return {
    /** Newest first. Without a project: of the whole installation. */
    async list(project: Pick<Project, 'id'> | null, filter: AuditFilter): Promise<AuditPage> {
      const found: SlipwayEvent[] = [];
      const byTime = filter.from_ms !== undefined || filter.to_ms !== undefined;
      const size = byTime ? page : filter.limit;
      let before = filter.before;
      for (let pages = 0; pages < pagesLimit; pages++) {
        const batch = await events.list(eventFilter(project, filter, before, size));
        for (const event of batch) {
          before = event.number;
          if (isWithin(event, filter)) found.push(event);
          if (found.length === filter.limit) return { events: found, next_before: before };
        }
        const passed = filter.from_ms !== undefined && batch.every((event) => event.at_ms < (filter.from_ms ?? 0));
        if (batch.length < size || passed) return { events: found, next_before: null };
      }
      return { events: found, next_before: before ?? null };
    },

    /** What led to an event; causes in other projects are left out. */
    async why(project: Project, number: number): Promise<StoryLine[]> {
      const chain = await events.why(number);
      if (chain.at(-1)?.project_id !== project.id) throw failure('not_found', { what: 'event', name: number });
      return storyOf(chain.filter((event) => event.project_id === null || event.project_id === project.id));
    },

    /** The events of a project as they happen; with `after`, first all that came after that number. Ends with the signal, or when unread. */
    async *follow(project: Project, after: number | null, signal: AbortSignal): AsyncGenerator<SlipwayEvent> {
      const live = pushStream<SlipwayEvent>({ limit: unreadLimit, signal });
      const stop = events.subscribe((event) => {
        if (event.project_id === project.id) live.push(event);
      });
      try {
        let last = after ?? 0;
        for (let more = after !== null; more && !signal.aborted; ) {
          const batch = await events.list({ project_id: project.id, after: last, order: 'oldest', limit: page });
          for (const event of batch) {
            last = event.number;
            yield event;
          }
          more = batch.length === page;
        }
        for await (const event of live) if (event.number > last) yield event;
      } finally {
        stop();
      }
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;

function eventFilter(
  project: Pick<Project, 'id'> | null,
  { type, subject, caller, cause, text }: AuditFilter,
  before: number | undefined,
  limit: number,
): EventFilter {
  return {
    ...(project ? { project_id: project.id } : {}),
    ...(type === undefined ? {} : { type }),
    ...(subject === undefined ? {} : { subject }),
    ...(caller === undefined ? {} : { caller }),
    ...(cause === undefined ? {} : { cause }),
    ...(text === undefined ? {} : { text }),
    ...(before === undefined ? {} : { before }),
    order: 'newest',
    limit,
  };
}

function isWithin({ at_ms }: SlipwayEvent, { from_ms, to_ms }: AuditFilter): boolean {
  return at_ms >= (from_ms ?? 0) && at_ms <= (to_ms ?? Number.MAX_SAFE_INTEGER);
}
