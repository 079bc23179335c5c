/** Everything that happens by itself because time passed, on one page. `jobs` do the work, in `reaction-jobs.ts` and here named. */
export interface Schedule {
  readonly name: string;
  /**
   * The job that is put on the queue, once in each span, for each project on the wall clock; one on its data's clock is looked at when
   * that clock moves (`reactions.ts`).
   */
  readonly job: string;
  readonly every_ms: number;
}

export const schedules: readonly Schedule[] = [
  {
    name: 'what became due in a project: rollouts, monitors, ages of champions',
    job: 'schedules.tick',
    every_ms: 60_000,
  },
];
