/** Everything that happens by itself because time passed, on one page. `jobs` do the work, in `reaction-jobs.ts` and here named. */
export interface Schedule {
  readonly name: string;
  /**
   * The job that is put on the queue: of projects once in each span, for each that is on the wall clock (one on its data's clock is looked
   * at when that clock moves, `reactions.ts`); of the installation when its own state says that it is due.
   */
  readonly job: string;
  readonly of: 'projects' | 'installation';
  readonly every_ms: number;
}

export const schedules: readonly Schedule[] = [
  {
    name: 'what became due in a project: rollouts, monitors, ages of champions',
    job: 'schedules.tick',
    of: 'projects',
    every_ms: 60_000,
  },
  {
    name: 'a backup, when the newest is as old as `up` says',
    job: 'operations.run',
    of: 'installation',
    every_ms: 60_000,
  },
];
