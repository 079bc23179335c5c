import { DatabaseSync } from 'node:sqlite';

export interface SeededRows {
  /** The SQLite file of a stopped server that holds no run yet. */
  readonly file: string;
  /** Number of the experiment that gets them. */
  readonly experiment: number;
  readonly runs: number;
  /** So many of the newest runs also have a curve of `auc`, of so many points. */
  readonly curves: number;
  readonly points: number;
}

/** Of the last run; each of the others began a minute before the next. */
const newest_ms = Date.UTC(2026, 10, 20);
const minute_ms = 60_000;
/** In [0, 1), without order and the same each time (Weyl sequence). */
const spread = (of: string, by: number) => `(${of} * 0.6180339887 + ${by} - floor(${of} * 0.6180339887 + ${by}))`;
/** What the curve of a run comes to. */
const reached = `(0.72 + 0.16 * ${spread('number', 0.3)})`;
const ended = `case number % 31 when 0 then 'failed' when 1 then 'killed' else 'finished' end`;

/**
 * Finished runs of six metrics and three params by the hundred thousand, straight into the file: through the API it would take minutes.
 * A curve rises to what the run has reached, with noise; one of a hundred has a spike of one point.
 */
export function seedRows({ file, experiment, runs, curves, points }: SeededRows): void {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  const count = (name: string, from: number, to: number) =>
    `with recursive ${name}(n) as (select ${from} union all select n + 1 from ${name} where n < ${to})`;
  database.exec('PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN');
  database.exec(`insert into runs (number, id, project_id, experiment, name, status, lifecycle, started_at_ms, ended_at_ms, started_event,
      cpu_ms, bytes, reported_user)
    ${count('seeded', 1, runs)}
    select n, printf('%032x', n), (select project_id from experiments where number = ${experiment}), ${experiment}, printf('seeded-%06d', n),
      'finished', 'active', ${newest_ms} - (${runs} - n) * ${minute_ms}, ${newest_ms} - (${runs} - n) * ${minute_ms} + 45000, 1, 0, 0, '' from seeded`);
  database.exec(`update runs set status = ${ended}`);
  ['auc', 'log_loss', 'timing/train_s', 'f1', 'recall', 'precision'].forEach((name, at) => {
    const key = at + 1;
    const value = key === 1 ? reached : spread('number', at * 0.7548776662);
    database.prepare('insert into metric_keys (id, name) values (?, ?)').run(key, name);
    database.exec(`insert into metric_latest (run, key, step, timestamp_ms, value, is_nan, minimum, maximum)
      select number, ${key}, ${points - 1}, ended_at_ms, ${value}, 0, ${value}, ${value} from runs`);
    database.exec(`insert into metric_points select run, key, step, timestamp_ms, value, is_nan from metric_latest
      where key = ${key} and (key > 1 or run <= ${runs - curves})`);
  });
  for (const [name, number] of [
    ['depth', 'number % 8 + 3'],
    ['rate', `round(0.001 + ${spread('number', 0.9)} / 4, 4)`],
    ['trees', '(number % 5 + 1) * 100'],
  ] as const)
    database.exec(
      `insert into run_params (run, key, value, number) select number, '${name}', cast(${number} as text), ${number} from runs`,
    );
  const noise = `(${spread('(place + number * 7919)', 0)} - 0.5) * 0.02`;
  const spike = `case when number % 100 = 0 and place = ${Math.floor(points / 3)} then 0.3 else 0 end`;
  database.exec(`insert into metric_points (run, key, step, timestamp_ms, value, is_nan)
    ${count('steps', 0, points - 1)}, seeded as (select number, place, ended_at_ms from runs
      cross join (select n as place from steps) where number > ${runs - curves})
    select number, 1, place, ended_at_ms - ${points} + place, ${reached} - 0.3 * exp(-place * (4 + number % 9) / ${points}.0) + ${noise} + ${spike}, 0 from seeded`);
  database.exec('COMMIT');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}
