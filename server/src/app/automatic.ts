import type { Access } from '../features/access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database/index.ts';
import type { Definitions } from '../platform/definitions/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log/index.ts';
import { chainLimit, reactions } from './reactions.ts';
import { schedules } from './schedules.ts';

export interface AutomaticDeps {
  readonly database: Database;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly definitions: Definitions;
  readonly access: Access;
  readonly clock: Clock;
  readonly log: Log;
}

/** Turns the table of reactions into jobs, in the write of each event. */
export function hookReactions({ events, jobs, log }: Pick<AutomaticDeps, 'events' | 'jobs' | 'log'>): void {
  const byType = Map.groupBy(reactions, (reaction) => reaction.on);
  events.react(async (tx, event) => {
    const due = byType.get(event.type);
    if (!due) return;
    if ((await events.depthIn(tx, event)) >= chainLimit) {
      log.error('a chain of reactions was cut: its causes are too many', {
        event: event.number,
        type: event.type,
        limit: chainLimit,
      });
      return;
    }
    for (const { job, payload } of due) {
      await jobs.enqueue(tx, {
        name: job,
        project_id: event.project_id,
        payload: payload(event),
        once: `${job} ${event.number}`,
        cause: event.number,
        person: event.person,
      });
    }
  });
}

/** Kinds of definitions that time can make due; a project without any is never looked at. */
const timed: ReadonlySet<string> = new Set(['deployment', 'monitor', 'retraining']);

/** Starts the clock of the schedules; resolves to the way to stop it. */
export function startSchedules(deps: AutomaticDeps): () => void {
  const timers = schedules.map((schedule) =>
    setInterval(() => {
      tick(deps, schedule).catch((error: unknown) =>
        deps.log.error('a schedule could not put its jobs on the queue', { err: error, schedule: schedule.name }),
      );
    }, schedule.every_ms).unref(),
  );
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

async function tick(
  { database, jobs, definitions, access, clock }: AutomaticDeps,
  { job, every_ms }: { job: string; every_ms: number },
): Promise<void> {
  const span = Math.floor(clock.now() / every_ms);
  for (const project of await access.projects.all()) {
    if (project.clock !== 'wall') continue;
    const isTimed = (await definitions.all(project)).some((one) => timed.has(one.kind) && !one.retired);
    if (isTimed)
      await database.write((tx) =>
        jobs.enqueue(tx, { name: job, project_id: project.id, payload: {}, once: `${job} ${project.id} ${span}` }),
      );
  }
}
