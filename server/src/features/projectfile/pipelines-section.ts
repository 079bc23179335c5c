import { isMap } from 'yaml';
import type { EvaluateStep, FitStep, Param, PipelineDefinition, RunStep, SqlStep, StepDefinition } from './definitions.ts';
import { type TrainerKind, trainerKinds } from './definitions.ts';
import { pathTo, shown } from './problem.ts';
import {
  also,
  choice,
  describeNode,
  list,
  mapOf,
  needed,
  optional,
  otherwise,
  type Reader,
  type Reading,
  record,
  type Spot,
  scalar,
} from './readers.ts';
import { column, count, insidePath, modelRule, name, nameRule, number, tableName, text } from './values.ts';
import { keyText } from './yaml-text.ts';

const stepsLimit = 200;
const stepName = nameRule('a step', 'fit');
const sourceName = name(nameRule('a dataset or an output of a step', 'older'));

const sources = list(sourceName, { least: 1, most: stepsLimit, alone: true, example: '[older]' });
const outputs = list(name(tableName), { least: 1, most: 50, alone: true, example: 'out: [older, recent]' });
const steps = list(name(stepName), { least: 1, most: stepsLimit, alone: true, example: '[split]' });

type SqlKeys = Omit<SqlStep, 'kind' | 'out'> & { readonly out?: readonly string[] };
const sqlKeys = record<SqlKeys>('a `sql` step', {
  file: needed(insidePath('a `.sql` file', /\.sql$/, 'split.sql', false), 'split.sql', 'sql'),
  from: otherwise([], sources),
  out: optional(outputs),
  needs: otherwise([], steps),
});

/** Settings of the built-in trainers; a pipeline's params with these names reach every `fit` step that does not set its own. */
const settings = {
  trees: optional(count(1, 10_000, '60')),
  rate: optional(number('0.1', 0.000_001, 1)),
  leaves: optional(count(2, 1_024, '31')),
  bins: optional(count(2, 255, '255')),
  min_rows_leaf: optional(count(1, 1_000_000, '20')),
  max_depth: optional(count(1, 64, '8')),
  early_stopping_rounds: optional(count(0, 10_000, '10')),
  held_back_share: optional(number('0.1', 0.000_001, 0.5)),
  l2: optional(number('1', 0, 1e9)),
  max_iterations: optional(count(1, 10_000, '500')),
};
type Setting = keyof typeof settings;

const linearSettings: readonly Setting[] = ['l2', 'max_iterations'];
const settingsOf: Readonly<Record<TrainerKind, readonly string[]>> = {
  gbdt: Object.keys(settings).filter((name) => name !== 'max_iterations'),
  linear: linearSettings,
  logistic: linearSettings,
};

type FitKeys = Omit<FitStep, 'kind' | 'trainer' | 'settings' | 'needs'> & { readonly trainer: TrainerKind } & {
  readonly [K in Setting]?: number;
};
const fitRecord = record<FitKeys>(
  'a `fit` step',
  {
    trainer: needed(choice(trainerKinds), 'gbdt', 'kind'),
    target: needed(column, 'late'),
    from: needed(sourceName, 'older'),
    features: optional(list(column, { least: 1, most: 10_000, example: 'features: [origin, distance_miles]' })),
    exclude: otherwise([], list(column, { least: 1, most: 10_000, alone: true, example: 'exclude: [dest]' })),
    ...settings,
  },
  { search: 'searching over settings (sweeps) is not built yet' },
);

const fitKeys = also(fitRecord, (read, spot, reading) => {
  if (read.features && read.exclude.length > 0) reading.report(spot, { found: 'both `features` and `exclude`', expected: 'one of them' });
  if (read.features?.includes(read.target) || read.exclude.includes(read.target)) {
    reading.report(spot, {
      found: `the target \`${read.target}\` among the features or the excluded`,
      expected: 'the target in `target` alone',
    });
  }
  const known = settingsOf[read.trainer];
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(read, name) || known.includes(name)) continue;
    const expected = `the settings of ${read.trainer}: ${known.join(', ')}`;
    reading.reportAt(pathTo(spot.path, name), { found: `the setting \`${name}\``, expected });
  }
});

const evaluateKeys = record<Omit<EvaluateStep, 'kind' | 'needs'>>('an `evaluate` step', {
  model: needed(name(stepName), 'fit'),
  on: needed(sourceName, 'recent'),
  slices: otherwise([], list(column, { least: 1, most: 100, alone: true, example: 'slices: [carrier, origin]' })),
});

type RunKeys = Omit<RunStep, 'kind'>;
const runKeys = record<RunKeys>('a `run` step', {
  command: needed(
    list(text('one argument', 4_096, 'plot.py'), { least: 1, most: 200, example: '[python, plot.py]' }),
    '[python, plot.py]',
    'run',
  ),
  environment: otherwise({}, environment, 'env'),
  from: otherwise([], sources),
  out: otherwise([], outputs),
  needs: otherwise([], steps),
});

const variableRule = {
  what: 'a variable',
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  expected: 'letters, digits and `_`',
  example: 'LANG: C.UTF-8',
};
const variable = scalar('text of at most 8192 characters (in quotes where it looks like a number)', 'C.UTF-8', (value) =>
  typeof value === 'string' && value.length <= 8_192 && !value.includes('\0') ? value : undefined,
);

function environment(spot: Spot, reading: Reading): Readonly<Record<string, string>> | undefined {
  if (!isMap(spot.node)) return mapOf(variableRule, variable, 100)(spot, reading);
  for (const pair of spot.node.items) {
    const key = keyText(pair.key);
    if (key !== 'pip' && !/^(?:SLIPWAY_|MLFLOW_TRACKING_)/.test(key)) continue;
    reading.report(reading.under(spot, key, pair.key), {
      found: `the key \`${key}\``,
      expected:
        key === 'pip'
          ? 'environment variables only: installing Python packages is not built yet; start a Python that has them, by its path'
          : 'a name that the server does not set itself for each step',
    });
  }
  return mapOf(variableRule, variable, 100)(spot, reading);
}

/** A step says by its first word what it does; two such words contradict each other. */
const step: Reader<StepDefinition> = (spot, reading) => {
  const words = isMap(spot.node) ? spot.node.items.map((pair) => keyText(pair.key)) : [];
  const kinds = stepKinds.filter((kind) => words.includes(kind));
  const [kind] = kinds;
  if (kinds.length > 1) {
    return reading.report(spot, {
      found: `a step with both ${kinds.map((word) => `\`${word}\``).join(' and ')}`,
      expected: 'one of them in a step',
    });
  }
  if (kind === undefined) {
    return reading.report(spot, {
      found: words.length === 0 ? describeNode(spot.node) : `a step with the keys ${shown(words.slice(0, 5).join(', '))}`,
      expected: 'a step with one of `sql`, `fit`, `evaluate`, `run`',
      example: '{ sql: split.sql, out: [older, recent] }',
    });
  }
  return readStep[kind](spot, reading);
};

const stepKinds = ['sql', 'fit', 'evaluate', 'run'] as const;
const readStep: { readonly [K in (typeof stepKinds)[number]]: Reader<StepDefinition> } = {
  sql: (spot, reading) => {
    const keys = sqlKeys(spot, reading);
    return keys && { kind: 'sql', ...keys, out: keys.out ?? [spot.key] };
  },
  fit: (spot, reading) => {
    const keys = record<{ fit: FitKeys; needs: readonly string[] }>('a `fit` step', {
      fit: needed(fitKeys, '{ kind: gbdt, target: late, from: older }'),
      needs: otherwise([], steps),
    })(spot, reading);
    if (!keys?.fit) return undefined;
    const { trainer, target, from, features, exclude, ...rest } = keys.fit;
    return { kind: 'fit', trainer, target, from, ...(features ? { features } : {}), exclude, settings: rest, needs: keys.needs };
  },
  evaluate: (spot, reading) => {
    const keys = record<{ evaluate: Omit<EvaluateStep, 'kind' | 'needs'>; needs: readonly string[] }>('an `evaluate` step', {
      evaluate: needed(evaluateKeys, '{ model: fit, on: recent }'),
      needs: otherwise([], steps),
    })(spot, reading);
    return keys?.evaluate && { kind: 'evaluate', ...keys.evaluate, needs: keys.needs };
  },
  run: (spot, reading) => {
    const keys = runKeys(spot, reading);
    return keys && { kind: 'run', ...keys };
  },
};

const paramRule = {
  what: 'a parameter',
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
  expected: 'letters, digits and `_`, no digit first',
  example: 'trees: 60',
};
const param: Reader<Param> = scalar('one text, finite number, `true` or `false`', '14d', (value) => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && value.length > 1_000 ? undefined : value;
});

export const pipeline: Reader<PipelineDefinition> = record<PipelineDefinition>(
  'a pipeline',
  {
    inputs: otherwise(
      [],
      list(name(nameRule('a dataset', 'departures')), { least: 1, most: 100, alone: true, example: 'inputs: [departures]' }),
    ),
    params: otherwise({}, mapOf(paramRule, param, 200)),
    steps: needed(mapOf(stepName, step, stepsLimit), '{ split: { sql: split.sql } }'),
    register: optional(name(modelRule)),
  },
  { schedule: 'pipelines start by hand, from CI or by `retrain`; schedules of their own are not built yet' },
);
