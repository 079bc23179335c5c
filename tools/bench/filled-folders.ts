import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fitModel } from '../../server/src/features/training/fit.ts';
import { exportOnnx } from '../../server/src/features/training/onnx/export-onnx.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { openBlobs } from '../../server/src/platform/blobs/index.ts';
import { createLog } from '../../server/src/platform/log/index.ts';
import { slipway, startServer } from './a-started-server.ts';
import { synthetic } from './training-data.ts';

const full_bytes = 1e9;

/** A data folder as its first start leaves it. */
async function newFolder(data: string): Promise<void> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  await (await startServer(data)).stop();
}

const numbers = 'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)';
const busy = { events: 200_000, jobs: 50_000, keys: 5, points: 1000 };

/** What a busy year leaves beside its metric points. */
const besides: readonly (readonly [sql: string, rows: number])[] = [
  [
    `${numbers} INSERT INTO events (number, project_id, type, subject, caller_kind, caller_id, caller_name, at_ms, digest)
     SELECT 1000000 + n, $project, 'run.created', 'run ' || n, 'person', 'local', 'local', n, lower(hex(randomblob(32))) FROM numbers`,
    busy.events,
  ],
  [
    `${numbers} INSERT INTO jobs (id, name, project_id, payload, once_key, state, due_at_ms, attempts, created_at_ms, ended_at_ms)
     SELECT 'job_' || n, 'schedules.tick', $project, '{}', 'tick ' || n, 'done', n, 1, n, $now FROM numbers`,
    busy.jobs,
  ],
  [`${numbers} INSERT INTO metric_keys (id, name) SELECT n, 'metric ' || n FROM numbers`, busy.keys],
];

const run = [
  `INSERT INTO runs (number, id, project_id, experiment, name, status, lifecycle, started_at_ms, started_event, cpu_ms, bytes)
   VALUES ($run, lower(hex(randomblob(16))), $project, 0, 'run ' || $run, 'finished', 'active', $now, 1, 0, 0)`,
  `${numbers} INSERT INTO run_params (run, key, value) SELECT $run, 'param ' || n, n FROM numbers WHERE n <= 20`,
  `${numbers} INSERT INTO metric_points (run, key, step, timestamp_ms, value, is_nan)
   SELECT $run, 1 + (n - 1) / ${busy.points}, n % ${busy.points}, $now + n, n / 7.0, 0 FROM numbers`,
];

/** Rows of a busy year, then runs with 20 params and 5 metrics of 1,000 points each until the database has 1 GB. */
export async function fillDatabase(data: string): Promise<void> {
  await newFolder(data);
  const database = new DatabaseSync(join(data, 'slipway.db'), { allowUnknownNamedParameters: true });
  const pragma = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  try {
    // Nobody waits for these rows, and what is measured later finds a file that was closed properly.
    database.exec('PRAGMA synchronous=OFF; PRAGMA cache_size=-200000');
    const given = { $project: String(database.prepare('SELECT id FROM access_projects').get()?.['id']), $now: Date.now() };
    for (const [sql, rows] of besides) database.prepare(sql).run(given, rows);
    const statements = run.map((sql) => database.prepare(sql));
    for (let number = 1; pragma('page_count') * pragma('page_size') < full_bytes; ) {
      database.exec('BEGIN');
      for (const end = number + 100; number < end; number++)
        for (const statement of statements) {
          const isPlain = statement === statements[0];
          statement.run({ ...given, $run: number }, ...(isPlain ? [] : [busy.keys * busy.points]));
        }
      database.exec('COMMIT');
    }
  } finally {
    database.close();
  }
}

const large = { files: 600, bytes: 1e6 };
const small = { packs: 160, blobs: 250, bytes: 1e4 };

/** 600 files of 1 MB and 40,000 of 10 KB, which share packs, through the door of the store. */
export async function fillBlobs(data: string): Promise<void> {
  await newFolder(data);
  const blobs = await openBlobs({ folder: join(data, 'blobs'), clock: systemClock, log: createLog({ level: 'warn' }) });
  try {
    for (let file = 0; file < large.files; file++) await blobs.put(randomBytes(large.bytes), { limit_bytes: large.bytes });
    for (let pack = 0; pack < small.packs; pack++) await blobs.putMany(Array.from({ length: small.blobs }, () => randomBytes(small.bytes)));
  } finally {
    await blobs.close();
  }
}

/** One deployment of a boosted model of our own: 100 trees on 20 columns. */
export async function deployModel(data: string): Promise<void> {
  await newFolder(data);
  const { table, target, features } = synthetic(20_000);
  const { model } = fitModel({ kind: 'gbdt', target, features, params: { trees: 100 } }, table, { seed: 1 });
  const file = join(dirname(data), 'bench.onnx');
  writeFileSync(file, exportOnnx(model, { model_name: 'bench' }));
  const server = await startServer(data);
  try {
    for (const words of [
      ['models', 'add', file, '--name', 'bench'],
      ['deploy', 'bench'],
    ])
      slipway([...words, '--server', server.address]);
  } finally {
    await server.stop();
    rmSync(file);
  }
}
