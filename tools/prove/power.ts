/**
 * Proves that acknowledged writes survive a power cut: `power.ts [--target sqlite|blobs] [--cycles N] [--seed N]`.
 *
 * Each cycle starts a program that writes on a disk whose unsynced part is known (power-loss.c), kills it at a random
 * moment, takes from the disk what was not synced, opens the rest, and looks for every acknowledged write and for
 * anything half there. In every second cycle the program is first killed alone, with the page cache intact, and started
 * again over the same writes: what it then finds is not yet durable, and saying "I have that" would be a lie.
 * A control that skips the syncs runs the same cycles and must lose: a proof that cannot fail shows nothing.
 * A kill -9 alone cannot show any of this, because the page cache survives it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Chance, discard, environmentOf, failPower, newDisk, type PowerDisk, syncAll } from './power-disk.ts';
import type { PowerTarget } from './power-target.ts';
import { targets } from './power-targets.ts';
import { compileShim } from './preload.ts';

const writer = fileURLToPath(new URL('./power-writer.ts', import.meta.url));
const startLimit_ms = 30_000;
const longestRun_ms = 250;
/** A disk is used for this many cycles, so that recovery is recovered from too, and then replaced, so that checks stay short. */
const cyclesPerDisk = 4;
/** More than the writer has in flight. */
const inFlight = 64;

export interface PowerReport {
  readonly cycles: number;
  readonly acknowledged: number;
  /** Acknowledged writes that were gone. */
  readonly lost: number;
  /** Writes of which a part was there. */
  readonly half: number;
  readonly cyclesThatLost: number;
}

export interface PowerOptions {
  readonly target: string;
  readonly cycles: number;
  readonly seed: number;
  readonly control: boolean;
}

/** Undefined when the shim cannot be compiled here. */
export async function provePower(options: PowerOptions): Promise<PowerReport | undefined> {
  const target = await targets[options.target]?.();
  if (!target) throw new Error(`--target: expected one of ${Object.keys(targets).join(', ')}, got ${options.target}`);
  const tools = mkdtempSync(join(tmpdir(), 'slipway-power-shim-'));
  try {
    const library = compileShim('power-loss', tools);
    return library === undefined ? undefined : await runCycles(options, target, library);
  } finally {
    rmSync(tools, { recursive: true, force: true });
  }
}

async function runCycles(options: PowerOptions, target: PowerTarget, library: string): Promise<PowerReport> {
  const chance = chanceFrom(options.seed);
  const report = { cycles: 0, acknowledged: 0, lost: 0, half: 0, cyclesThatLost: 0 };
  // The control has done its part when it has lost once.
  const wanted = () => report.cycles < options.cycles && !(options.control && report.lost > 0);
  while (wanted()) {
    const disk = newDisk(library, target.ordered);
    const acknowledged = new Set<number>();
    let attempted = 0;
    try {
      // After a loss the disk is given up: what is gone stays gone, and would be counted again.
      for (let cycle = 0, lost = 0; cycle < cyclesPerDisk && lost === 0 && wanted(); cycle++) {
        const first = attempted;
        const before = acknowledged.size;
        syncAll(disk);
        for (let run = 0; run <= cycle % 2; run++) {
          for (const n of await writeUntilKilled(options, disk, first, chance)) acknowledged.add(n);
          attempted = Math.max(attempted, first, ...acknowledged) + inFlight;
        }
        failPower(disk, chance() < 0.5, chance);
        const found = await target.check(disk.root, options.seed, acknowledged, attempted);
        lost = found.lost;
        report.cycles++;
        report.acknowledged += acknowledged.size - before;
        report.lost += found.lost;
        report.half += found.half;
        report.cyclesThatLost += lost > 0 ? 1 : 0;
      }
    } finally {
      discard(disk);
    }
  }
  return report;
}

/** Returns what the program acknowledged before it was killed. */
function writeUntilKilled(options: PowerOptions, disk: PowerDisk, first: number, chance: Chance): Promise<number[]> {
  const args = ['--disable-warning=ExperimentalWarning', writer, options.target, disk.root, String(options.seed), String(first)];
  if (options.control) args.push('control');
  const child = spawn(process.execPath, args, {
    env: { ...environmentOf(disk), NODE_COMPILE_CACHE: dirname(disk.library) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    let killing: NodeJS.Timeout | undefined;
    const starting = setTimeout(() => child.kill('SIGKILL'), startLimit_ms);
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.on('data', (chunk) => {
      out += chunk;
      killing ??= setTimeout(() => child.kill('SIGKILL'), 20 + chance() * longestRun_ms);
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      clearTimeout(starting);
      clearTimeout(killing);
      const lines = out.split('\n').slice(0, -1);
      if (signal !== 'SIGKILL' || lines[0] !== 'ready')
        reject(new Error(`The writing program ended by itself: ${errors || 'it never got ready'}`));
      else resolve(lines.slice(1).map(Number));
    });
  });
}

/** mulberry32: small, and the same everywhere. */
function chanceFrom(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      cycles: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(process.pid) },
    },
  });
  const cycles = Number(values.cycles);
  for (const target of values.target === undefined ? Object.keys(targets) : [values.target]) {
    const seed = Number(values.seed);
    const proof = await provePower({ target, cycles, seed, control: false });
    const control = await provePower({ target, cycles: Math.ceil(cycles / 4), seed, control: true });
    if (!proof || !control) {
      process.stderr.write('The power-loss model needs Linux and a C compiler named `cc`; nothing was proved.\n');
      process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
      return;
    }
    process.stdout.write(`${JSON.stringify({ target, seed, proof, control })}\n`);
    if (proof.lost + proof.half > 0 || control.lost === 0) process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
