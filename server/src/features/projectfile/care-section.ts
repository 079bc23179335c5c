import { isMap } from 'yaml';
import { type Bounds, checkBounds } from './bounds.ts';
import type { MonitorDefinition, ReceiverDefinition, RetrainingDefinition, Trigger } from './definitions.ts';
import { metrics } from './metrics.ts';
import { nearest } from './nearest.ts';
import { shown } from './problem.ts';
import { also, choice, describeNode, list, mapOf, needed, optional, otherwise, type Reader, record, scalar, scalarOf } from './readers.ts';
import { columnRule, duration, flag, name, nameRule, number } from './values.ts';
import { keyText } from './yaml-text.ts';

const minute_ms = 60_000;
const deploymentName = optional(name(nameRule('a deployment', 'delay')));
const receivers = list(name(nameRule('a receiver of `notify`', 'ops')), { least: 1, most: 20, alone: true, example: 'notify: [ops]' });

const limit: Reader<Bounds> = also(
  record<Bounds>('a limit on a metric', { min: optional(number('0.02')), max: optional(number('0.04')) }),
  (read, spot, reading) => checkBounds(read, spot.key, spot, reading),
);

interface Performance {
  readonly limits: Readonly<Record<string, Bounds>>;
  readonly estimate: boolean;
}

/** In the file `estimate` stands among the metrics, as what it is: a way to know them earlier. */
const performance: Reader<Performance> = (spot, reading) => {
  if (!isMap(spot.node)) {
    const expected = 'a map from metrics to their limits';
    return reading.report(spot, { found: describeNode(spot.node), expected, example: '{ brier_skill: { min: 0.02 } }' });
  }
  let estimate = false;
  const limits: [string, Bounds][] = [];
  for (const pair of spot.node.items) {
    const key = keyText(pair.key);
    const keySpot = reading.under(spot, key, pair.key);
    const valueSpot = reading.under(spot, key, pair.value, keySpot.offset);
    if (key === 'estimate') estimate = flag('true')(valueSpot, reading) ?? false;
    else if (metrics.has(key)) limits.push([key, limit(valueSpot, reading) ?? {}]);
    else {
      const meant = nearest(key, [...metrics.keys(), 'estimate']);
      reading.report(keySpot, {
        found: `the unknown metric \`${shown(key)}\``,
        expected: `one of ${[...metrics.keys()].join(', ')}, or \`estimate\``,
        ...(meant === undefined ? {} : { didYouMean: meant }),
      });
    }
  }
  return { limits: Object.fromEntries(limits), estimate };
};

type DriftDefinition = MonitorDefinition['drift'];

const driftColumn = record<{ readonly max?: number }>(
  'the drift of a column',
  { max: optional(number('0.1', 0)) },
  {
    score: 'the score is chosen by the type of the column; choosing it is not built yet',
  },
);

const drift: Reader<DriftDefinition> = (spot, reading) => {
  if (!isMap(spot.node)) return choice(['default', 'none'])(spot, reading);
  return record<{ readonly columns: Readonly<Record<string, { readonly max?: number }>> }>('drift', {
    columns: needed(mapOf(columnRule, driftColumn, 10_000), '{ temperature_f: { max: 0.2 } }'),
  })(spot, reading);
};

interface MonitorKeys extends Omit<MonitorDefinition, 'deployment' | 'performance' | 'estimate'> {
  readonly deployment?: string;
  readonly performance: Performance;
}

const monitorKeys = record<MonitorKeys>(
  'a monitor',
  {
    deployment: deploymentName,
    window_ms: needed(duration(minute_ms, '14d'), '14d', 'window'),
    every_ms: needed(duration(minute_ms, '7d'), '7d', 'every'),
    drift: otherwise<DriftDefinition>('default', drift),
    performance: otherwise({ limits: {}, estimate: false }, performance),
    notify: otherwise([], receivers),
  },
  {
    reference: 'the reference is always the profile of the training data of the version',
    slices: 'limits by slice are not built yet',
  },
);

const soundMonitor = also(monitorKeys, ({ every_ms, window_ms }, spot, reading) => {
  if (every_ms <= window_ms) return;
  reading.report(spot, { found: '`every` longer than `window`', expected: 'windows that leave no gap between them' });
});

/** Without `deployment` a monitor, and a retraining, looks after the deployment of its own name. */
export const monitor: Reader<MonitorDefinition> = (spot, reading) => {
  const read = soundMonitor(spot, reading);
  if (!read) return undefined;
  const { deployment = spot.key, performance: kept, ...rest } = read;
  return { deployment, ...rest, performance: kept?.limits ?? {}, estimate: kept?.estimate ?? false };
};

const trigger: Reader<Trigger> = (spot, reading) => {
  if (isMap(spot.node)) {
    const read = record<{ age_ms: number }>(
      'a trigger',
      { age_ms: needed(duration(minute_ms, '90d'), '90d', 'age') },
      {
        outcomes: 'retraining by the number of new outcomes is not built yet',
      },
    )(spot, reading);
    return read && { kind: 'age', ...read };
  }
  const word = choice(['performance', 'calibration'], {
    drift: '`performance`, `calibration` or `{ age: 90d }`: drift alone is looked into, it retrains nothing',
    age: 'an age with its duration, as in `{ age: 90d }`',
    outcomes: '`performance`, `calibration` or `{ age: 90d }`: retraining by the number of new outcomes is not built yet',
  })(spot, reading);
  return word && { kind: word };
};

interface RetrainKeys extends Omit<RetrainingDefinition, 'deployment' | 'budget'> {
  readonly deployment?: string;
  readonly budget?: { readonly cpu_per_month_ms: number };
}

const retrainKeys = record<RetrainKeys>('a retraining', {
  deployment: deploymentName,
  pipeline: needed(name(nameRule('a pipeline', 'train')), 'train'),
  when: needed(
    list(trigger, { least: 1, most: 10, alone: true, example: 'when: [performance, { age: 90d }]' }),
    '[performance, { age: 90d }]',
  ),
  cooldown_ms: needed(duration(minute_ms, '21d'), '21d', 'cooldown'),
  budget: optional(
    record<{ cpu_per_month_ms: number }>(
      'a budget of CPU time',
      { cpu_per_month_ms: needed(duration(1_000, '20h'), '20h', 'per_month') },
      {
        money: 'budgets in money are not built yet; `per_month` takes CPU-hours',
      },
    ),
  ),
});

const soundRetraining = also(retrainKeys, ({ when, cooldown_ms }, spot, reading) => {
  if (!when.some((one) => one.kind === 'age' && one.age_ms < cooldown_ms)) return;
  reading.report(spot, { found: 'an age shorter than the cooldown', expected: 'an age of at least the cooldown' });
});

export const retraining: Reader<RetrainingDefinition> = (spot, reading) => {
  const read = soundRetraining(spot, reading);
  return read && { ...read, deployment: read.deployment ?? spot.key };
};

const addressText = 'an http:// or https:// address without a user name and password';
const address = scalar(addressText, 'https://hooks.example.org/slipway', (value) =>
  typeof value === 'string' && value.length <= 2_000 && /^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined,
);

/** A password must not come back in a problem, which ends in logs. */
const webhook: Reader<string> = (spot, reading) => {
  const value = scalarOf(spot);
  if (typeof value !== 'string' || !/\/\/[^/]*@/.test(value)) return address(spot, reading);
  return reading.report(spot, { found: 'an address with a user name or password', expected: addressText });
};

export const receiver: Reader<ReceiverDefinition> = record<ReceiverDefinition>(
  'a receiver',
  { webhook: needed(webhook, 'https://hooks.example.org/slipway') },
  { email: 'mail is not built yet; use `webhook`', slack: 'use its incoming `webhook`' },
);
