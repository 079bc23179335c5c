import { failure } from '../../kernel/error.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import { type Inference, type InferResult, modelKey } from '../../platform/inference/index.ts';
import type { Models, ModelVersion } from '../models/index.ts';
import { modelColumns } from '../monitors/index.ts';

export interface RescoreDeps {
  readonly inference: Inference;
  readonly blobs: Blobs;
  readonly models: Models;
}

export interface Rescored {
  /** Probability of the positive class, or the value; NaN where the task has neither. */
  readonly score: number;
  readonly label: string | null;
}

export type Rescore = (bodies: readonly Readonly<Record<string, unknown>>[]) => Promise<Rescored[]>;

const modelFile = 'model.onnx';
/** Least rows in a request to the model host, but for the last of a period: some milliseconds of work there. */
export const batchRows = 500;

/** Lends a version to `work` for scoring old rows; one that nobody serves is unloaded afterwards. */
export async function withVersion<T>(deps: RescoreDeps, version: ModelVersion, work: (rescore: Rescore) => Promise<T>): Promise<T> {
  const { inference, blobs, models } = deps;
  const file = version.files.find((one) => one.path === modelFile);
  if (!file) throw failure('not_found', { what: `file of version ${version.number}`, name: modelFile });
  const { digest } = file;
  const input = version.signature.inputs.map(({ name, kind }) => ({ name, kind }));
  const key = modelKey({ digest, input });
  const wasLoaded = inference.stats().models.some((model) => model.key === key);
  await inference.load({ digest, path: await blobs.path(digest), input });
  try {
    return await work(async (bodies) => {
      const answer = await inference.infer(key, modelColumns(version.signature, bodies));
      return bodies.map((_, row) => rescored(version, answer, row));
    });
  } finally {
    // It may have gone live meanwhile: whoever serves a version holds it.
    if (!wasLoaded && (await models.holds(version.id)).length === 0) await inference.unload(key);
  }
}

function rescored({ signature }: ModelVersion, answer: InferResult, row: number): Rescored {
  const label = answer.labels?.[row] ?? null;
  if (signature.task === 'regression') return { score: answer.predictions?.[row] ?? Number.NaN, label };
  if (signature.task === 'multiclass') return { score: Number.NaN, label };
  const positive = answer.classes.indexOf(signature.classes[1] ?? '');
  return { score: positive < 0 ? Number.NaN : (answer.probabilities?.[row * answer.classes.length + positive] ?? Number.NaN), label };
}
