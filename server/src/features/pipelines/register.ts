import { digestOf } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Datasets } from '../datasets/index.ts';
import type { NewVersion, ReferenceProfile, Signature } from '../models/index.ts';
import type { EvaluateResult } from '../training/index.ts';
import type { Execution, FittedOutcome, StepOutcome } from './execution.ts';
import { inOrder, stepOf } from './pipeline.ts';

/** What an execution made, ready to be registered in the write that ends it. Null when the pipeline registers nothing. */
export async function versionOf(
  deps: { readonly datasets: Datasets; readonly blobs: Blobs },
  project: Project,
  execution: Execution,
  outcomes: ReadonlyMap<string, StepOutcome>,
): Promise<NewVersion | null> {
  const { definition } = execution;
  if (definition.register === undefined) return null;
  const made = [...outcomes.values()].find((outcome) => outcome.fitted && outcome.run_id);
  if (!made?.fitted) throw failure('step_output_missing', { step: 'fit', output: 'model to register' });
  return {
    model: definition.register,
    flavor: 'onnx',
    files: filesOf(made.fitted),
    signature: made.fitted.signature as Signature,
    profile_digest: await referenceDigest(deps.blobs, made.fitted, outcomes),
    importance: made.fitted.importance,
    run_id: made.run_id,
    execution_id: execution.id,
    dataset_versions: await datasetVersions(deps.datasets, project, execution),
    outputs: outputsOf(execution, outcomes),
    code: { commit: definition.code?.commit ?? null, digest: digestOf(definition.files) },
    started_event: execution.started_event,
  };
}

const referenceLimit_bytes = 64 * 2 ** 20;

/**
 * The profile of the training rows, joined by what the evaluation found: the estimator, and how scores lie on rows that the model did
 * not learn from. Scores of learnt rows lie further apart, so that every served window would seem to have drifted from them.
 */
async function referenceDigest(blobs: Blobs, fitted: FittedOutcome, outcomes: ReadonlyMap<string, StepOutcome>): Promise<string> {
  const evaluation = [...outcomes.values()].find((outcome) => outcome.evaluation_digest !== null)?.evaluation_digest;
  if (!evaluation) return fitted.profile_digest;
  const reference = JSON.parse((await blobs.read(fitted.profile_digest, referenceLimit_bytes)).toString('utf8')) as ReferenceProfile;
  const { estimators, score_profiles } = JSON.parse(
    (await blobs.read(evaluation, referenceLimit_bytes)).toString('utf8'),
  ) as KeptEvaluation;
  const joined: ReferenceProfile = {
    ...reference,
    score: score_profiles?.['model'] ?? reference.score,
    estimator: estimators['model'] ?? null,
  };
  return (await blobs.put(Buffer.from(JSON.stringify(joined)), { limit_bytes: referenceLimit_bytes })).digest;
}

/** An evaluation from the cache may be older than the profiles of scores. */
type KeptEvaluation = Pick<EvaluateResult, 'estimators'> & Partial<Pick<EvaluateResult, 'score_profiles'>>;

function filesOf({ model, baseline }: FittedOutcome): NewVersion['files'] {
  return [
    { path: 'model.onnx', ...model },
    { path: 'baseline.onnx', ...baseline },
  ];
}

async function datasetVersions(datasets: Datasets, project: Project, execution: Execution): Promise<NewVersion['dataset_versions']> {
  const inputs = Object.entries(execution.inputs ?? {});
  return Promise.all(
    inputs.map(async ([dataset, number]) => ({ dataset, number, digest: (await datasets.version(project, dataset, number)).digest })),
  );
}

/** Tables that steps made, the one that an `evaluate` step judged on first: gates judge on it unless they name another. */
function outputsOf({ definition }: Execution, outcomes: ReadonlyMap<string, StepOutcome>): Record<string, string> {
  const tables = new Map(
    [...outcomes.values()].flatMap((outcome) => Object.entries(outcome.tables).map(([name, table]) => [name, table.digest] as const)),
  );
  const judged = inOrder(definition).flatMap((name) => {
    const step = stepOf(definition, name);
    return step.kind === 'evaluate' ? [step.on] : [];
  });
  const names = [...new Set([...judged, ...tables.keys()])].filter((name) => tables.has(name));
  return Object.fromEntries(names.map((name) => [name, tables.get(name) ?? '']));
}
