import { isMap } from 'yaml';
import type {
  BoundCriterion,
  ChampionCriterion,
  Criterion,
  GateDefinition,
  Margin,
  OutputCriterion,
  SliceCriterion,
} from '../gates/index.ts';
import { checkBounds } from './bounds.ts';
import { metrics } from './metrics.ts';
import { nearest } from './nearest.ts';
import { shown } from './problem.ts';
import { parseStandardErrors } from './quantities.ts';
import {
  also,
  choice,
  describeNode,
  type Field,
  list,
  mapOf,
  needed,
  optional,
  otherwise,
  type Reader,
  record,
  scalar,
} from './readers.ts';
import { column, count, modelRule, name, nameRule, number, share } from './values.ts';
import { keyText } from './yaml-text.ts';

const metricName: Reader<string> = choice([...metrics.keys()]);
const reportedRule = {
  what: 'a metric',
  pattern: /^[^\p{Cc}]{1,250}$/u,
  expected: 'the name of a metric as the client logs it: 1 to 250 characters',
  example: 'accuracy',
} as const;
export const environmentRule = nameRule('an environment', 'production');

const on: Field<string> = optional(name(nameRule('an output of the pipeline', 'recent')));
const min = optional(number('0.58'));
const max = optional(number('0.2'));

/** `1 standard error` of the paired difference, or a number in the metric's own unit. */
const margin: Reader<Margin> = scalar('a number above 0, or a number of standard errors', '1 standard error', (value) => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? { unit: 'metric', value } : undefined;
  const errors = typeof value === 'string' ? parseStandardErrors(value) : undefined;
  return errors === undefined ? undefined : { unit: 'standard_errors', value: errors };
});

const bound = also(
  record<Omit<BoundCriterion, 'kind' | 'reported'>>('a criterion on a metric', { metric: needed(metricName, 'auc'), min, max, on }),
  (read, spot, reading) => checkBounds(read, read.metric, spot, reading),
);

/** What a client reports has names of its own, so it need not be a metric that is measured here. */
const reported = also(
  record<Omit<BoundCriterion, 'kind'>>('a criterion on a metric that a client may report', {
    metric: needed(name(reportedRule), 'accuracy'),
    min,
    max,
    on,
    reported: needed(choice(['accepted']), 'accepted'),
  }),
  (read, spot, reading) => checkBounds(read, read.metric, spot, reading),
);

const champion = also(
  record<Omit<ChampionCriterion, 'kind'> & { against: 'champion' }>('a criterion against the champion', {
    metric: needed(metricName, 'brier'),
    against: needed(choice(['champion']), 'champion'),
    better_by: optional(margin),
    no_worse_than: optional(number('0.02', 0)),
    on,
  }),
  (read, spot, reading) => {
    if ((read.better_by === undefined) !== (read.no_worse_than === undefined)) return;
    reading.report(spot, {
      found: read.better_by === undefined ? 'neither `better_by` nor `no_worse_than`' : 'both `better_by` and `no_worse_than`',
      expected: 'one of them',
      example: 'better_by: 1 standard error',
    });
  },
);

const slice = also(
  record<Omit<SliceCriterion, 'kind'>>('a criterion on slices', {
    slice: needed(column, 'origin'),
    metric: needed(metricName, 'auc'),
    min,
    max,
    least_rows: otherwise(100, count(1, 1_000_000_000, '300'), 'rows'),
    on,
  }),
  (read, spot, reading) => checkBounds(read, read.metric, spot, reading),
);

const outputBounds = also(
  record<Omit<OutputCriterion, 'kind' | 'on'>>('bounds on outputs', { min, max, share: otherwise(1, share('99%')) }),
  (read, spot, reading) => {
    checkBounds(read, undefined, spot, reading);
    if (read.share === 0) reading.report(spot, { found: 'a share of 0%', expected: 'a share above 0%', example: 'share: 99%' });
  },
);

const output = record<{ output: Omit<OutputCriterion, 'kind' | 'on'>; on?: string }>('a criterion on outputs', {
  output: needed(outputBounds, '{ min: 0, max: 1 }'),
  on,
});

const latency = record<{ p99_ms: number }>('a criterion on latency', {
  p99_ms: needed(number('20', 0.001, 3_600_000), '20', 'latency_p99_ms'),
});

type CriterionKind = Criterion['kind'] | 'reported';

/** A criterion is told by its keys; each kind has keys of its own, so that a wrong one is named in its terms. */
const tellingKeys: readonly (readonly [key: string, kind: CriterionKind])[] = [
  ['latency_p99_ms', 'latency'],
  ['output', 'output'],
  ['slice', 'slice'],
  ['against', 'champion'],
  ['better_by', 'champion'],
  ['no_worse_than', 'champion'],
  ['reported', 'reported'],
  ['metric', 'bound'],
];

const criterion: Reader<Criterion> = (spot, reading) => {
  const keys = isMap(spot.node) ? spot.node.items.map((pair) => keyText(pair.key)) : [];
  const kind = tellingKeys.find(([key]) => keys.includes(key))?.[1];
  if (kind) return readCriterion[kind](spot, reading);
  const telling = tellingKeys.map(([key]) => key);
  const meant = keys.map((key) => nearest(key, telling)).find((word) => word !== undefined);
  return reading.report(spot, {
    found: keys.length === 0 ? describeNode(spot.node) : `a criterion with the keys ${shown(keys.slice(0, 5).join(', '))}`,
    expected: 'a criterion with `metric`, `slice`, `output` or `latency_p99_ms`',
    ...(meant === undefined ? {} : { didYouMean: meant }),
    example: '{ metric: auc, min: 0.58 }',
  });
};

const readCriterion: { readonly [K in CriterionKind]: Reader<Criterion> } = {
  latency: (spot, reading) => {
    const read = latency(spot, reading);
    return read && { kind: 'latency', ...read };
  },
  output: (spot, reading) => {
    const read = output(spot, reading);
    return read?.output && { kind: 'output', ...read.output, ...(read.on === undefined ? {} : { on: read.on }) };
  },
  slice: (spot, reading) => {
    const read = slice(spot, reading);
    return read && { kind: 'slice', ...read };
  },
  champion: (spot, reading) => {
    const read = champion(spot, reading);
    if (!read) return undefined;
    const { against: _champion, ...rest } = read;
    return { kind: 'champion', ...rest };
  },
  reported: (spot, reading) => {
    const read = reported(spot, reading);
    return read && { kind: 'bound', ...read };
  },
  bound: (spot, reading) => {
    const read = bound(spot, reading);
    return read && { kind: 'bound', ...read };
  },
};

export const gate: Reader<GateDefinition> = record<GateDefinition>(
  'a gate',
  {
    model: needed(name(modelRule), 'delay'),
    criteria: needed(
      list(criterion, { least: 1, most: 100, example: 'criteria: [{ metric: auc, min: 0.58 }]' }),
      '[{ metric: auc, min: 0.58 }]',
    ),
    approvals: otherwise({}, mapOf(environmentRule, count(0, 5, '1'), 50)),
  },
  { bias: 'criteria on bias are not built yet; use `slice`', cost: 'criteria on cost are not built yet' },
);
