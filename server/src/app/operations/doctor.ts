import type { Check } from './check.ts';
import { backups, clock, disk, files, integrity, modes, type Surroundings, sizes } from './doctor-files.ts';
import { aliases, champions, events, executions, jobs, orphans, type Read, rollouts, schema, verdicts } from './doctor-rows.ts';
import type { Rooms, Work } from './rooms.ts';

export type { Check } from './check.ts';
export type { Surroundings } from './doctor-files.ts';

export interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface Examine extends Work {
  readonly folder: string;
  /** Hashes every file again. */
  readonly deep: boolean;
  /** Of an installation: also what its rows mean and where they lie. `stored`: only whether the bytes are sound. */
  readonly scope: Surroundings | 'stored';
}

type Step = readonly [name: string, run: () => Promise<Check>];

/** Checks what must always hold of a data folder. Changes nothing; reads the whole database, and with `deep` every file. */
export async function examine(rooms: Rooms, { folder, deep, scope, progress, signal }: Examine): Promise<Diagnosis> {
  const projects = await rooms.access.projects.all();
  const work = { progress, signal };
  const stored: readonly Step[] = [
    ['database', () => integrity(rooms)],
    ['files', () => files(rooms, deep, work)],
    ['sizes', () => sizes(rooms, projects)],
  ];
  const look = async (steps: readonly Step[]): Promise<Diagnosis> => {
    const checks: Check[] = [];
    for (const [name, step] of steps) {
      signal.throwIfAborted();
      progress(name, checks.length, steps.length);
      checks.push(await step());
    }
    return { ok: checks.every((check) => check.ok), checks };
  };
  if (scope === 'stored') return look(stored);
  return rooms.database.aside((read) => look([...stored, ...meaning({ ...rooms, database: { read } }, folder, scope)]));

  function meaning(all: Read, data: string, around: Surroundings): readonly Step[] {
    return [
      ['schema', () => schema(all)],
      ['events', () => events(all, work)],
      ['aliases', () => aliases(all)],
      ['champions', () => champions(all, projects)],
      ['rollouts', () => rollouts(all)],
      ['verdicts', () => verdicts(all)],
      ['executions', () => executions(all)],
      ['jobs', () => jobs(all, around)],
      ['orphans', () => orphans(all)],
      ['clock', () => clock(all)],
      ['modes', () => modes(data)],
      ['disk', () => disk(data)],
      ['backups', () => backups(all, around)],
    ];
  }
}
