import { failure } from '../../kernel/error.ts';

/** A pipeline as it is written down: a graph of steps over datasets. */
export interface PipelineDefinition {
  /** Datasets; a step sees each under its own name. */
  readonly inputs: readonly string[];
  /** Text such as `14d` stays text: SQL reads it with `CAST(getvariable('holdout') AS INTERVAL)`. */
  readonly params: Readonly<Record<string, Param>>;
  readonly steps: Readonly<Record<string, StepDefinition>>;
  /** The model that the one `fit` step adds a version to. */
  readonly register?: string;
  /** Files of the project that steps use (SQL, code), by path: digests of blobs. */
  readonly files: Readonly<Record<string, string>>;
}

export type Param = string | number | boolean;

export type StepDefinition = SqlStep | FitStep | EvaluateStep | RunStep;

export interface SqlStep {
  readonly kind: 'sql';
  readonly file: string;
  /** Inputs of the pipeline and outputs of other steps. Empty: all inputs of the pipeline. */
  readonly from: readonly string[];
  /** Tables that it leaves. Empty: one with the name of the step. */
  readonly out: readonly string[];
  readonly needs: readonly string[];
}

export interface FitStep {
  readonly kind: 'fit';
  readonly trainer: string;
  readonly target: string;
  readonly from: string;
  /** Default: every column but target, key, time and those known only with the outcome. */
  readonly features?: readonly string[];
  readonly exclude: readonly string[];
  /** Settings of the trainer; a pipeline's `params` of the same name count where the step has none. */
  readonly settings: Readonly<Record<string, number>>;
  readonly needs: readonly string[];
}

export interface EvaluateStep {
  readonly kind: 'evaluate';
  /** The step that fits. */
  readonly model: string;
  readonly on: string;
  readonly slices: readonly string[];
  readonly needs: readonly string[];
}

export interface RunStep {
  readonly kind: 'run';
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly from: readonly string[];
  readonly out: readonly string[];
  readonly needs: readonly string[];
}

/** Tables that a step leaves, by the names that other steps use. */
export function outputsOf(name: string, step: StepDefinition): readonly string[] {
  if (step.kind === 'sql') return step.out.length > 0 ? step.out : [name];
  return step.kind === 'run' ? step.out : [];
}

/** Tables that a step reads. */
export function tablesRead(step: StepDefinition, inputs: readonly string[]): readonly string[] {
  switch (step.kind) {
    case 'sql':
      return step.from.length > 0 ? step.from : inputs;
    case 'run':
      return step.from;
    case 'fit':
      return [step.from];
    case 'evaluate':
      return [step.on];
  }
}

/** The steps that must end before a step begins: those it names, those that make its tables, the one that fits its model. */
export function stepsBefore(definition: PipelineDefinition, name: string): Set<string> {
  const step = definition.steps[name];
  if (!step) return new Set();
  const makers = new Map(
    Object.entries(definition.steps).flatMap(([maker, made]) => outputsOf(maker, made).map((table) => [table, maker] as const)),
  );
  const before = new Set(step.needs);
  for (const table of tablesRead(step, definition.inputs)) {
    const maker = makers.get(table);
    if (maker !== undefined) before.add(maker);
  }
  if (step.kind === 'evaluate') before.add(step.model);
  before.delete(name);
  return before;
}

/** Steps in an order in which each comes after all that it needs; among equals as written. Refuses cycles and unknown names. */
export function inOrder(definition: PipelineDefinition): string[] {
  const names = Object.keys(definition.steps);
  const done = new Set<string>();
  const order: string[] = [];
  while (order.length < names.length) {
    const next = names.find((name) => !done.has(name) && [...stepsBefore(definition, name)].every((before) => done.has(before)));
    if (next === undefined) {
      const stuck = names.filter((name) => !done.has(name));
      throw failure('invalid_input', {
        field: 'steps',
        expected: 'steps that exist and do not wait for each other in a circle',
        got: stuck.join(', '),
      });
    }
    done.add(next);
    order.push(next);
  }
  return order;
}

const limits = { steps: 200, inputs: 100, files: 10_000, path_chars: 512, path_levels: 32 } as const;

/** What the shapes of the contract cannot say. */
export function assertPipeline(definition: PipelineDefinition): void {
  const names = Object.keys(definition.steps);
  assertPaths(Object.keys(definition.files));
  if (names.length === 0 || names.length > limits.steps)
    throw failure('invalid_input', { field: 'steps', expected: `1 to ${limits.steps}`, got: names.length });
  if (definition.inputs.length > limits.inputs)
    throw failure('invalid_input', { field: 'inputs', expected: `at most ${limits.inputs}`, got: definition.inputs.length });
  inOrder(definition);
  const tables = new Set([...definition.inputs, ...names.flatMap((name) => outputsOf(name, stepOf(definition, name)))]);
  for (const name of names) {
    const step = stepOf(definition, name);
    assertNames(name, step);
    const missing = tablesRead(step, definition.inputs).find((table) => !tables.has(table));
    if (missing !== undefined)
      throw failure('invalid_input', { field: `steps.${name}`, expected: 'inputs of the pipeline or outputs of its steps', got: missing });
    if (step.kind === 'sql' && !Object.hasOwn(definition.files, step.file)) {
      throw failure('invalid_input', {
        field: `steps.${name}.file`,
        expected: 'a file that was uploaded with the pipeline',
        got: step.file,
      });
    }
  }
  const fits = names.filter((name) => definition.steps[name]?.kind === 'fit');
  if (definition.register !== undefined && fits.length !== 1) {
    throw failure('invalid_input', { field: 'register', expected: 'exactly one fit step', got: fits.length });
  }
}

/** Files are laid out under these paths for a step: none leads out of its folder, none is both a file and a folder. */
function assertPaths(paths: readonly string[]): void {
  if (paths.length > limits.files)
    throw failure('invalid_input', { field: 'files', expected: `at most ${limits.files}`, got: paths.length });
  const folders = new Set(paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))));
  for (const path of paths) {
    const parts = path.split('/');
    const isSound =
      path.length <= limits.path_chars &&
      parts.length <= limits.path_levels &&
      !/[\p{Cc}\p{Cs}\\]/u.test(path) &&
      parts.every((part) => part !== '' && part !== '.' && part !== '..');
    if (isSound && !folders.has(path)) continue;
    throw failure('invalid_input', {
      field: 'files',
      expected: isSound ? 'files that lie in no other file' : 'relative paths such as code/plot.py',
      got: JSON.stringify(path.slice(0, 80)),
    });
  }
}

const stepName = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,62}$/u;
const tableName = /^[A-Za-z_]\w{0,62}$/;
const variableName = /^[A-Za-z_]\w{0,127}$/;

/** Names become file names and variables of a step; arguments and values reach its process, which takes no NUL. */
function assertNames(name: string, step: StepDefinition): void {
  const refuse = (field: string, expected: string, got: string) =>
    failure('invalid_input', { field, expected, got: JSON.stringify(got.slice(0, 80)) });
  if (!stepName.test(name)) throw refuse('steps', 'names of letters, digits, _ . or -, at most 63', name);
  const table = outputsOf(name, step).find((output) => !tableName.test(output));
  if (table !== undefined) throw refuse(`steps.${name}.out`, 'names of letters, digits and _, no digit first, at most 63', table);
  if (step.kind !== 'run') return;
  const variable = Object.keys(step.environment).find((one) => !variableName.test(one));
  if (variable !== undefined) throw refuse(`steps.${name}.environment`, 'names of letters, digits and _, no digit first', variable);
  const broken = [...step.command, ...Object.values(step.environment)].find((text) => text.includes('\0'));
  if (broken !== undefined) throw refuse(`steps.${name}.command`, 'texts without NUL', broken);
}

export function stepOf(definition: PipelineDefinition, name: string): StepDefinition {
  const step = definition.steps[name];
  if (!step || !Object.hasOwn(definition.steps, name)) throw failure('not_found', { what: 'step', name });
  return step;
}
