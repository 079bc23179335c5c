import type { Access } from '../features/access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database/index.ts';
import type { Definitions } from '../platform/definitions/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log/index.ts';
import type { Operations } from './operations/index.ts';
import { chainLimit, reactions } from './reactions.ts';
import { type Schedule, schedules } from './schedules.ts';

export interface AutomaticDeps {
  readonly database: Database;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly definitions: Definitions;
  readonly access: Access;
  readonly operations: Pick<Operations, 'backUpIfDue'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Turns the table of reactions into jobs, in the write of each event. */
export function hookReactions({ events, jobs, log }: Pick<AutomaticDeps, 'events' | 'jobs' | 'log'>): void {
  const byType = Map.groupBy(reactions, (reaction) => reaction.on);
  events.react(async (tx, event) => {
    const due = (byType.get(event.type) ?? []).filter(({ when }) => when?.(event) ?? true);
    if (due.length === 0) return;
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

/** A restarted server has its own work to do first; what is due to the installation is looked at then, not a whole span later. */
const firstLook_ms = 5_000;

/** Starts the clock of the schedules; resolves to the way to stop it. */
export function startSchedules(deps: AutomaticDeps): () => void {
  const look = (schedule: Schedule): void => {
    const looking = schedule.of === 'projects' ? tick(deps, schedule) : deps.operations.backUpIfDue();
    looking.catch((error: unknown) =>
      deps.log.error('a schedule could not put its jobs on the queue', { err: error, schedule: schedule.name }),
    );
  };
  const timers = schedules.map((schedule) => setInterval(look, schedule.every_ms, schedule).unref());
  const ofInstallation = schedules.filter((schedule) => schedule.of === 'installation');
  const first = ofInstallation.map((schedule) => setTimeout(look, firstLook_ms, schedule).unref());
  return () => {
    for (const timer of [...timers, ...first]) clearTimeout(timer);
  };
}

async function tick({ database, jobs, definitions, access, clock }: AutomaticDeps, { job, every_ms }: Schedule): Promise<void> {
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
