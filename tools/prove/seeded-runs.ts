import type { Client } from '@slipway/sdk';

/** Made-up runs, the same each time: names, settings and figures as an experiment of some weeks has them. */

const adjectives = [
  'brisk',
  'calm',
  'plain',
  'lucid',
  'amber',
  'quiet',
  'stout',
  'north',
  'pale',
  'swift',
  'dry',
  'olive',
  'broad',
  'keen',
];
const animals = ['heron', 'otter', 'wren', 'pike', 'stoat', 'lark', 'vole', 'tern', 'moth', 'carp', 'finch', 'bream', 'hare', 'newt'];
const parts_of = ['train', 'validation', 'slice/country', 'slice/channel', 'timing'];
const started_ms = Date.UTC(2026, 10, 1);
const curvePoints = 600;
/** Runs from the end of the list that also get long curves, since those are on the first page. */
const withCurves_runs = 40;
const atOnce = 24;

/** Mulberry32: small, and the same on every machine. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const one = <T>(from: readonly T[], chance: () => number): T => from[Math.floor(chance() * from.length)] as T;

function madeUp(index: number, metricCount: number) {
  const chance = chanceFrom(index + 1);
  const depth = 3 + Math.floor(chance() * 10);
  const rate = 10 ** (-3 + chance() * 2.4);
  const subsample = 0.5 + chance() * 0.5;
  const rows = Math.round((0.2 + chance() * 1.8) * 1_000_000);
  const quality = 0.8 + 0.075 * Math.exp(-((Math.log10(rate) + 1.7) ** 2) - ((depth - 8) / 6) ** 2) * (0.7 + 0.3 * chance());
  const took_ms = Math.round(20_000 + (depth * rows) / 40 + chance() * 30_000);
  const metrics: Record<string, number> = {
    pr_auc: quality,
    log_loss: 0.3 - quality / 5 + chance() * 0.004,
    'timing/train_s': took_ms / 1000,
  };
  for (let n = Object.keys(metrics).length; n < metricCount; n++) metrics[`${one(parts_of, chanceFrom(n))}/measure_${n}`] = chance() * 100;
  // A few runs lack some metrics, as in life.
  if (index % 97 === 0) delete metrics['log_loss'];
  const params = {
    depth,
    learning_rate: Number(rate.toPrecision(3)),
    subsample: Number(subsample.toFixed(2)),
    rows,
    class_weight: one([1, 9, 12], chance),
    calibration: one(['none', 'platt', 'isotonic'], chance),
    seed: 20_261_120,
  };
  return { name: `${one(adjectives, chance)}-${one(animals, chance)}`, metrics, params, took_ms, quality, chance };
}

async function seedOne(client: Client, project: string, experiment: string, index: number, asked: { runs: number; metrics: number }) {
  const { name, metrics, params, took_ms, quality, chance } = madeUp(index, asked.metrics);
  const at_ms = started_ms + index * 90_000;
  const run = await client.runs.create({ params: { project }, body: { experiment, name, started_at_ms: at_ms } });
  const entries = Object.entries(metrics);
  for (let from = 0; from === 0 || from < entries.length; from += 800) {
    await client.runs.log({
      params: { project, run: run.id },
      body: {
        metrics: entries.slice(from, from + 800).map(([key, value]) => ({ key, value, step: curvePoints, timestamp_ms: at_ms + took_ms })),
        params: Object.entries(params).map(([key, value]) => ({ key, value: String(value) })),
      },
    });
  }
  if (index >= asked.runs - withCurves_runs) {
    const curve = Array.from({ length: curvePoints }, (_, step) => {
      const risen = 1 - Math.exp(-step / 90);
      return { key: 'pr_auc', value: 0.5 + (quality - 0.5) * risen + (chance() - 0.5) * 0.01, step, timestamp_ms: at_ms + step };
    });
    await client.runs.log({ params: { project, run: run.id }, body: { metrics: curve } });
  }
  if (index >= asked.runs - 3) return;
  const status = index % 31 === 0 ? 'failed' : index % 47 === 0 ? 'killed' : 'finished';
  await client.runs.update({ params: { project, run: run.id }, body: { status, ended_at_ms: at_ms + took_ms } });
}

export interface Seeding {
  readonly project: string;
  /** Name of the experiment that is made for them. */
  readonly name: string;
  readonly runs: number;
  readonly metrics: number;
  readonly onRun?: (index: number) => void;
}

/** Makes an experiment and fills it through the API. Answers its id. */
export async function seedRuns(client: Client, { project, name, runs, metrics, onRun }: Seeding): Promise<string> {
  const { id } = await client.runs.createExperiment({ params: { project }, body: { name } });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runs) {
      const index = next++;
      await seedOne(client, project, id, index, { runs, metrics });
      onRun?.(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return id;
}
