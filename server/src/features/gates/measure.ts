import { failure } from '../../kernel/error.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import { type Inference, modelKey } from '../../platform/inference/index.ts';
import type { Models, ModelVersion } from '../models/index.ts';
import { type EvaluateResult, pairKey, type Training } from '../training/index.ts';
import type { Figures, Measured } from './decide.ts';
import type { Criterion, OutputCriterion } from './gate.ts';

/** Measures what the criteria ask for: quality in the training child, latency in the model host that will serve it. */
export type Measure = (criteria: readonly Criterion[], version: ModelVersion, champion: ModelVersion | null) => Promise<Figures>;

export interface MeasureDeps {
  readonly training: Training;
  readonly inference: Inference;
  readonly blobs: Blobs;
  readonly models: Models;
}

/**
 * Requests of one look at the latency: enough for a 99th percentile. Of five looks the quickest counts, since a busy moment of
 * the machine is no fault of the version.
 */
const latencyPlan = { rows: 100, rounds: 200 } as const;
const latencyLooks = 5;

export function createMeasure(deps: MeasureDeps): Measure {
  return async (criteria, version, champion) => {
    const tables = new Map<string, Measured>();
    for (const name of tableNames(criteria)) {
      const digest = name === '' ? Object.values(version.outputs)[0] : version.outputs[name];
      if (digest === undefined || version.signature.target === null) continue;
      tables.set(name, await measureTable(deps, criteria, name, { digest, version, champion, target: version.signature.target }));
    }
    const wantsLatency = criteria.some((criterion) => criterion.kind === 'latency');
    return { tables, latency_p99_ms: wantsLatency ? await measureLatency(deps, version) : null };
  };
}

function tableNames(criteria: readonly Criterion[]): Set<string> {
  return new Set(criteria.flatMap((criterion) => (criterion.kind === 'latency' ? [] : [criterion.on ?? ''])));
}

interface TableOf {
  readonly digest: string;
  readonly version: ModelVersion;
  readonly champion: ModelVersion | null;
  readonly target: string;
}

async function measureTable(
  { training, blobs }: MeasureDeps,
  criteria: readonly Criterion[],
  name: string,
  of: TableOf,
): Promise<Measured> {
  const here = criteria.filter((criterion) => criterion.kind !== 'latency' && (criterion.on ?? '') === name);
  const outputs = here.filter((criterion): criterion is OutputCriterion => criterion.kind === 'output');
  const rival = of.champion
    ? { name: 'champion', version: of.champion, path: modelFile }
    : { name: 'baseline', version: of.version, path: baselineFile };
  const models = [{ name: 'version', version: of.version, path: modelFile }, rival];
  const { signature } = of.version;
  const result: EvaluateResult = await training.evaluate({
    parquet: await blobs.path(of.digest),
    target: of.target,
    task: knownTask(of.version),
    classes: signature.classes,
    models: await Promise.all(
      models.map(async (model) => {
        const digest = digestOfFile(model.version, model.path);
        return { name: model.name, path: await blobs.path(digest), digest, inputs: model.version.signature.inputs };
      }),
    ),
    slices: [...new Set(here.flatMap((criterion) => (criterion.kind === 'slice' ? [criterion.slice] : [])))],
    bounds: outputs.map(({ min, max }) => ({ min: min ?? -Number.MAX_VALUE, max: max ?? Number.MAX_VALUE })),
    pairs: [[rival.name, 'version']],
  });
  const own = result.models['version'];
  const other = result.models[rival.name];
  if (!own || !other) throw new Error('the training child did not answer for both models');
  return {
    version: own,
    rival: other,
    rivalName: of.champion ? `champion (version ${of.champion.number})` : 'the baseline, since there is no champion yet',
    comparison: result.comparisons[pairKey(rival.name, 'version')] ?? {},
    within: own.within,
  };
}

function knownTask({ model, number, signature }: ModelVersion): 'regression' | 'binary' | 'multiclass' {
  if (signature.task !== 'unknown') return signature.task;
  throw failure('version_not_servable', { model, version: number, reason: 'nobody knows what it answers' });
}

export const modelFile = 'model.onnx';
/** The simple model that every trained version carries beside itself. */
export const baselineFile = 'baseline.onnx';

function digestOfFile(version: ModelVersion, path: string): string {
  const file = version.files.find((one) => one.path === path);
  if (!file) throw new Error(`version ${version.number} of ${version.model} has no ${path}`);
  return file.digest;
}

async function measureLatency({ inference, training, blobs }: MeasureDeps, version: ModelVersion): Promise<number | null> {
  const table = Object.values(version.outputs)[0];
  if (table === undefined) return null;
  const digest = digestOfFile(version, modelFile);
  const input = version.signature.inputs.map(({ name, kind }) => ({ name, kind }));
  const columns = await training.sampleColumns({ parquet: await blobs.path(table), inputs: input, rows: latencyPlan.rows });
  const key = modelKey({ digest, input });
  const serves = inference.stats().models.some((model) => model.key === key);
  await inference.load({ digest, path: await blobs.path(digest), input });
  try {
    let quickest_us = Number.POSITIVE_INFINITY;
    for (let look = 0; look < latencyLooks; look++) {
      quickest_us = Math.min(quickest_us, (await inference.measure(key, columns, latencyPlan)).p99_us);
    }
    return quickest_us / 1000;
  } finally {
    // A version that no deployment serves does not stay in the host only because it was measured.
    if (!serves) await inference.unload(key);
  }
}
