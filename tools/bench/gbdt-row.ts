import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot, readText } from '../checkout.ts';
import type { BenchRow, Figures } from './row.ts';

const limit_ms = 300_000;
const fitScript = join(import.meta.dirname, 'gbdt-fit.ts');
const peerScript = join(import.meta.dirname, 'gbdt_peer.py');

function run(command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: checkoutRoot, encoding: 'utf8', timeout: limit_ms });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${done.stderr.slice(-1_000)}`);
  return done.stdout;
}

/**
 * Boosting on one data set, 31 leaves, rate 0.1, one thread. The peers are measured when SLIPWAY_BENCH_PYTHON names a Python that has
 * scikit-learn, lightgbm and pandas.
 */
export function gbdtRow(set: 'synth50k' | 'flights', trees: number, what: string): BenchRow {
  const python = process.env['SLIPWAY_BENCH_PYTHON'];
  let csv = '';
  const fit = (...args: string[]): string => run(process.execPath, [fitScript, '--set', set, ...args]);
  const peer = (library: string): string => run(python ?? '', [peerScript, csv, String(trees), library]);
  const versions: Record<string, string> = python === undefined ? {} : (JSON.parse(peer('versions')) as Record<string, string>);
  return {
    name: `gbdt-${set}`,
    what: `${what}; ${trees} trees, 31 leaves, rate 0.1, 255 bins, >= 20 rows a leaf, one thread: CPU of a cold first fit; mean log loss of 5 folds`,
    runs: 5,
    prepare: () => {
      const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
      csv = join(folder, 'data.csv');
      if (python !== undefined) fit('--csv', csv);
      return Promise.resolve(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
    },
    subjects: [
      {
        name: 'slipway',
        version: (JSON.parse(readText('package.json')) as { version: string }).version,
        measure: () => Promise.resolve(JSON.parse(fit('--trees', String(trees))) as Figures),
      },
      ...Object.entries(versions).map(([name, version]) => ({
        name,
        version,
        measure: () => Promise.resolve(JSON.parse(peer(name)) as Figures),
      })),
    ],
  };
}
