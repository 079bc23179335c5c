/** What a server held at one moment, all its processes together. */
export interface Look {
  readonly memory_MB: number;
  readonly files: number;
  readonly threads: number;
  readonly delay_p99_ms: number;
}

export interface SoakVerdict {
  /** The least of the second third and of the last: what is left after collections. */
  readonly memory_MB: readonly [before: number, after: number];
  readonly files: readonly [before: number, after: number];
  readonly threads: readonly [before: number, after: number];
  readonly delay_p99_ms: number;
  readonly wrong: readonly string[];
}

/** Caches of the database and of compiled code still fill within the first minutes. */
const memoryLimit_MB = 16;
const filesLimit = 4;

/** Compares the last third with the second one; the first warms up. */
export function judgeSoak(looks: readonly Look[]): SoakVerdict {
  const third = Math.floor(looks.length / 3);
  const [before, after] = [looks.slice(third, 2 * third), looks.slice(2 * third)];
  const least = (of: 'memory_MB' | 'files' | 'threads') =>
    [before, after].map((part) => Math.min(...part.map((look) => look[of]))) as [number, number];
  const [memory_MB, files, threads] = [least('memory_MB'), least('files'), least('threads')];
  const grew = ([from, to]: readonly [number, number], limit: number): boolean => to - from > limit;
  return {
    memory_MB,
    files,
    threads,
    delay_p99_ms: looks.at(-1)?.delay_p99_ms ?? Number.NaN,
    wrong: [
      ...(grew(memory_MB, memoryLimit_MB) ? [`memory grew from ${memory_MB[0].toFixed(1)} to ${memory_MB[1].toFixed(1)} MB`] : []),
      ...(grew(files, filesLimit) ? [`open files grew from ${files.join(' to ')}`] : []),
      ...(grew(threads, 0) ? [`threads grew from ${threads.join(' to ')}`] : []),
    ],
  };
}
