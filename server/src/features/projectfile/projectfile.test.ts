import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ProjectFile } from './definitions.ts';
import type { Problem } from './problem.ts';
import { describeProblem } from './problem.ts';
import { parseProjectFile } from './projectfile.ts';

const flights = readFileSync(new URL('../../../../examples/flights/slipway.yaml', import.meta.url), 'utf8');

function accepted(text: string): ProjectFile {
  const parsed = parseProjectFile(text, { file: 'slipway.yaml' });
  if ('problems' in parsed) assert.fail(parsed.problems.map(describeProblem).join('\n'));
  return parsed.project;
}

function refused(text: string): readonly Problem[] {
  const parsed = parseProjectFile(text, { file: 'slipway.yaml' });
  return 'problems' in parsed ? parsed.problems : assert.fail('the file was accepted');
}

test('the flights project reads as plain numbers with their units', () => {
  const project = accepted(flights);
  assert.equal(project.clock, 'data');
  assert.deepEqual(project.datasets['departures']?.grows_from, { deployment: 'delay' });
  assert.deepEqual(project.datasets['departures']?.checks['pressure_mb'], { missing_below_share: 0.2 });
  assert.deepEqual(project.pipelines['train']?.params, { trees: 60, rate: 0.1, leaves: 8, min_rows_leaf: 50, l2: 10, holdout: '14d' });
  assert.deepEqual(project.pipelines['train']?.steps['split'], {
    kind: 'sql',
    file: 'split.sql',
    from: [],
    out: ['older', 'recent'],
    needs: [],
  });
  assert.deepEqual(project.pipelines['train']?.steps['fit'], {
    kind: 'fit',
    trainer: 'gbdt',
    target: 'late',
    from: 'older',
    exclude: [],
    settings: {},
    needs: [],
  });
  assert.deepEqual(project.gates['release']?.criteria, [
    { kind: 'bound', metric: 'auc', min: 0.58 },
    { kind: 'champion', metric: 'brier', better_by: { unit: 'standard_errors', value: 1 }, on: 'recent' },
    { kind: 'champion', metric: 'calibration_error', no_worse_than: 0.02 },
    { kind: 'slice', slice: 'origin', metric: 'auc', min: 0.55, least_rows: 300 },
    { kind: 'output', min: 0.005, max: 0.98, share: 0.99 },
    { kind: 'latency', p99_ms: 20 },
  ]);
  assert.deepEqual(project.deployments['delay']?.rollout, {
    steps: [0.05, 0.25, 1],
    guard: ['errors', 'latency', 'brier'],
    bake_ms: 86_400_000,
  });
  assert.deepEqual(project.deployments['delay']?.limits, { concurrent: 64, queue: 256, deadline_ms: 500, per_day: 2_000_000 });
  assert.deepEqual(project.monitors['delay'], {
    deployment: 'delay',
    window_ms: 14 * 86_400_000,
    every_ms: 7 * 86_400_000,
    drift: 'default',
    performance: { brier_skill: { min: 0.02 }, calibration_gap: { max: 0.04 } },
    estimate: true,
    notify: ['ops'],
  });
  assert.deepEqual(project.retrain['delay'], {
    deployment: 'delay',
    pipeline: 'train',
    when: [{ kind: 'performance' }, { kind: 'age', age_ms: 90 * 86_400_000 }],
    cooldown_ms: 21 * 86_400_000,
    budget: { cpu_per_month_ms: 72_000_000 },
  });
});

test('a step may be any command with variables of its own, and empty sections are no error', () => {
  const project = accepted(
    'project: p\nmodels:\npipelines: { study: { steps: { plot: { run: [python, plot.py, "--n", "3"], env: { LANG: C.UTF-8 } } } } }\n',
  );
  assert.deepEqual(project.pipelines['study']?.steps['plot'], {
    kind: 'run',
    command: ['python', 'plot.py', '--n', '3'],
    environment: { LANG: 'C.UTF-8' },
    from: [],
    out: [],
    needs: [],
  });
});

test('a criterion that takes what a client reports may name any metric, any other one only those that are measured here', () => {
  const gate = (criterion: string) => `${small}gates: { g: { model: m, criteria: [${criterion}] } }\n`;
  assert.deepEqual(accepted(gate('{ metric: val/acc, min: 0.9, reported: accepted }')).gates['g']?.criteria, [
    { kind: 'bound', metric: 'val/acc', min: 0.9, reported: 'accepted' },
  ]);
  assert.match(refused(gate('{ metric: val/acc, min: 0.9 }')).map(describeProblem).join(), /val\/acc/);
  assert.match(refused(gate('{ metric: auc, min: 0.9, reported: yes }')).map(describeProblem).join(), /accepted/);
});

test('aliases stand for whole values', () => {
  const project = accepted('project: p\nmodels: { a: &m { owner: x }, b: *m }\n');
  assert.deepEqual(project.models['b'], { owner: 'x' });
});

/** A small project in which each line can be replaced. */
function changed(from: string, to: string): string {
  assert.ok(flights.includes(from), `the example no longer holds: ${from}`);
  return flights.replace(from, to);
}

interface Case {
  readonly name: string;
  readonly text: string;
  /** `line:column path | found | expected begins with | did you mean` of every problem. */
  readonly problems: readonly string[];
}

const small = 'project: p\nmodels: { m: {} }\n';
const steps = (text: string) => `project: p\ndatasets: { d: { files: d.csv } }\npipelines:\n  t:\n    inputs: [d]\n    steps:\n${text}`;

const cases: readonly Case[] = [
  { name: 'an empty file', text: '', problems: ['1:1  | nothing | the project file: a map with'] },
  { name: 'a list for a project', text: '- a\n', problems: ['1:1  | a list | the project file: a map with'] },
  { name: 'no project name', text: 'models: {}\n', problems: ['1:1  | the project file without `project` | the key `project`'] },
  { name: 'a number as project name', text: 'project: 7\n', problems: ['1:10 project | the number `7` | at most 63 letters'] },
  {
    name: 'a misspelt section',
    text: 'project: p\ndataset: {}\n',
    problems: ['2:1 dataset | the unknown key `dataset` | the keys of the project file: project | datasets'],
  },
  {
    name: 'a section that is not built',
    text: 'project: p\nsweeps: {}\n',
    problems: ['2:1 sweeps | the key `sweeps` | the project file without it: sweeps are not built yet'],
  },
  {
    name: 'an unknown zone',
    text: 'project: p\nzone: Europe/Berln\n',
    problems: ['2:7 zone | the text `Europe/Berln` | a time zone by its IANA name'],
  },
  { name: 'a misspelt clock', text: 'project: p\nclock: dat\n', problems: ['2:8 clock | the text `dat` | one of `wall`, `data` | data'] },
  {
    name: 'a file outside the folder',
    text: 'project: p\ndatasets:\n  d:\n    files: [../secret.csv, /etc/passwd, "C:\\\\x", ~/x, data/.slipway/x, s3://b/x]\n',
    problems: [
      '4:13 datasets.d.files[0] | the path `../secret.csv` | a path that does not leave',
      '4:28 datasets.d.files[1] | the path `/etc/passwd` | a relative path',
      '4:41 datasets.d.files[2] | the path `C:\\x` | a relative path',
      '4:50 datasets.d.files[3] | the path `~/x` | a relative path',
      '4:55 datasets.d.files[4] | the path `data/.slipway/x` | a path without hidden',
      "4:72 datasets.d.files[5] | the path `s3://b/x` | a file inside the project's folder: reading from addresses is not built",
    ],
  },
  {
    name: 'checks that contradict themselves',
    text: 'project: p\ndatasets:\n  d:\n    files: d.csv\n    checks:\n      a: { min: 3, max: 1 }\n      b: { missing: 5 }\n      c: {}\n      e: { mni: 1 }\n',
    problems: [
      '6:10 datasets.d.checks.a | min 3 above max 1 | a min that is at most the max',
      '7:21 datasets.d.checks.b.missing | the number `5` | a percentage from 0% to 100%',
      '8:10 datasets.d.checks.c | an empty map | at least one check',
      "9:12 datasets.d.checks.e.mni | the unknown key `mni` | the keys of a column's checks | min",
    ],
  },
  {
    name: 'growing without a target, from a deployment that is not there',
    text: changed('    target: late\n', '').replace('grows_from: { deployment: delay }', 'grows_from: { deployment: dealy }'),
    problems: [
      '10:17 datasets.departures.grows_from | `grows_from` without a `target` | the column that outcomes go to',
      '10:31 datasets.departures.grows_from.deployment | `dealy`, which is not a deployment | a deployment (delay) | delay',
    ],
  },
  {
    name: 'a step that reads what nobody makes',
    text: changed('from: older', 'from: oldr'),
    problems: [
      '27:53 pipelines.train.steps.fit.fit.from | `oldr`, which is not an input of the pipeline or an output of a step | an input | older',
    ],
  },
  {
    name: 'an evaluation of a step that does not fit',
    text: changed('model: fit, on', 'model: split, on'),
    problems: ['28:38 pipelines.train.steps.evaluate.evaluate.model | `split`, which is not a `fit` step of this pipeline | a `fit` step'],
  },
  {
    name: 'an unknown input',
    text: changed('inputs: [departures]', 'inputs: [departure]'),
    problems: ['23:14 pipelines.train.inputs[0] | `departure`, which is not a dataset | a dataset (departures) | departures'],
  },
  {
    name: 'steps in a circle',
    text: steps('      a: { sql: a.sql, from: y, out: x }\n      b: { sql: b.sql, from: x, out: y }\n'),
    problems: ['7:10 pipelines.t.steps.a | a circle of steps: a needs b needs a | steps that need only'],
  },
  {
    name: 'one output made twice, and one that hides an input',
    text: steps('      a: { sql: a.sql, out: [x, d] }\n      b: { sql: b.sql, out: [x] }\n'),
    problems: [
      '7:33 pipelines.t.steps.a.out[1] | the output `d`, which is an input of the pipeline | a name of its own',
      '8:30 pipelines.t.steps.b.out[0] | the output `x`, which step `a` makes too | each output once',
    ],
  },
  {
    name: 'a step of two kinds, one of none, and SQL that is no SQL file',
    text: steps('      a: { sql: a.sql, run: [x] }\n      b: { slq: a.sql }\n      c: { sql: ../c.sql }\n      e: { sql: "*.sql" }\n'),
    problems: [
      '7:10 pipelines.t.steps.a | a step with both `sql` and `run` | one of them in a step',
      '8:10 pipelines.t.steps.b | a step with the keys slq | a step with one of `sql`',
      '9:17 pipelines.t.steps.c.sql | the path `../c.sql` | a path that does not leave',
      '10:17 pipelines.t.steps.e.sql | the path `*.sql` | one file, not a pattern',
    ],
  },
  {
    name: 'pip packages, and a variable that the server sets',
    text: steps('      a: { run: [python, a.py], env: { pip: r.txt, SLIPWAY_TOKEN: x } }\n'),
    problems: [
      '7:40 pipelines.t.steps.a.env.pip | the key `pip` | environment variables only: installing Python packages is not built yet',
      '7:52 pipelines.t.steps.a.env.SLIPWAY_TOKEN | the key `SLIPWAY_TOKEN` | a name that the server does not set',
    ],
  },
  {
    name: 'settings of another trainer, out of range, and by another name',
    text: steps(
      '      a: { fit: { kind: logistic, target: y, from: d, trees: 9 } }\n      b: { fit: { kind: gbdt, target: y, from: d, trees: 0, lr: 1, min_row_leaf: 5 } }\n',
    ),
    problems: [
      '7:62 pipelines.t.steps.a.fit.trees | the setting `trees` | the settings of logistic: l2, max_iterations',
      '8:58 pipelines.t.steps.b.fit.trees | the number `0` | a whole number from 1 to 10000',
      '8:61 pipelines.t.steps.b.fit.lr | the unknown key `lr` | the keys of a `fit` step',
      '8:68 pipelines.t.steps.b.fit.min_row_leaf | the unknown key `min_row_leaf` | the keys of a `fit` step | min_rows_leaf',
    ],
  },
  {
    name: 'registering without a fit',
    text: `${steps('      a: { sql: a.sql }\n')}    register: m\n`,
    problems: ['8:15 pipelines.t.register | `register` in a pipeline with no `fit` steps | exactly one step'],
  },
  {
    name: 'a metric that is not there',
    text: changed('metric: calibration_error', 'metric: calibraton_error'),
    problems: ['40:19 gates.release.criteria[2].metric | the text `calibraton_error` | one of `accuracy` | calibration_error'],
  },
  {
    name: 'criteria that judge nothing',
    text: `${small}gates:\n  g:\n    model: m\n    criteria:\n      - { metric: auc }\n      - { metric: auc, min: 1.2 }\n      - { metric: brier, against: champion }\n      - { metric: brier, better_by: 1 standard error }\n      - { metrc: auc }\n`,
    problems: [
      '7:9 gates.g.criteria[0] | neither `min` nor `max` | at least one of them',
      '8:9 gates.g.criteria[1] | the bound 1.2 on auc | a value that auc can have: 0 to 1',
      '9:9 gates.g.criteria[2] | neither `better_by` nor `no_worse_than` | one of them',
      '10:9 gates.g.criteria[3] | a criterion against the champion without `against` | the key `against`',
      '11:9 gates.g.criteria[4] | a criterion with the keys metrc | a criterion with | metric',
    ],
  },
  {
    name: 'a gate for a model that nobody makes, approvals for an environment that nobody uses',
    text: changed('approvals: { production: 1 }', 'approvals: { prodution: 1 }')
      .replace('    register: delay', '    register: delays')
      .replace('  delay: { owner', '  dely: { owner'),
    problems: [
      '36:12 gates.release.model | `delay`, which is not a model that a pipeline registers or that `models` lists | a model | dely',
      '48:12 deployments.delay.model | `delay`, which is not a model that a pipeline registers or that `models` lists | a model | dely',
      '64:15 retrain.delay.pipeline | the pipeline `train`, which registers delays | a pipeline that registers delay',
    ],
  },
  {
    name: 'approvals for an environment that no deployment has',
    text: changed('approvals: { production: 1 }', 'approvals: { prodution: 1 }'),
    problems: [
      '44:29 gates.release.approvals.prodution | `prodution`, which is not the environment of a deployment with this gate | the env | production',
    ],
  },
  {
    name: 'a rollout that does not rise to 100% and guards nothing known',
    text: changed('steps: [5%, 25%, 100%], guard: [errors, latency, brier]', 'steps: [25%, 5%, 90%], guard: [errors, latncy]'),
    problems: [
      '51:23 deployments.delay.rollout.steps | steps that do not rise | rising percentages',
      '51:23 deployments.delay.rollout.steps | steps that end at 90% | a last step of 100%',
      '51:55 deployments.delay.rollout.guard[1] | the text `latncy` | one of `errors`, `latency` | latency',
    ],
  },
  {
    name: 'a rollout in one guarded step, with two outcome metrics, that waits less than it bakes',
    text: changed(
      '[5%, 25%, 100%], guard: [errors, latency, brier], bake: 1d',
      '[100%], guard: [brier, log_loss], bake: 1d, longest_wait: 1h',
    ),
    problems: [
      '51:23 deployments.delay.rollout.steps | a guard on a rollout of one step | a step below 100%',
      '51:38 deployments.delay.rollout.guard | two outcome metrics | at most one',
      '51:81 deployments.delay.rollout.longest_wait | a `longest_wait` shorter than `bake` | a step that may last',
    ],
  },
  {
    name: 'two production deployments of one model',
    text: `${small}deployments:\n  a: { model: m, environment: production }\n  b: { model: m, environment: production }\n`,
    problems: ['5:31 deployments.b.environment | m in production for the second time (see `a`) | at most one production'],
  },
  {
    name: 'limits that are no limits',
    text: changed('deadline: 500ms, per_day: 2_000_000', 'deadline: 500, per_day: 2_00'),
    problems: [
      '52:53 deployments.delay.limits.deadline | the number `500` | a duration',
      '52:67 deployments.delay.limits.per_day | the text `2_00` | a whole number',
    ],
  },
  {
    name: 'a monitor of nothing that tells nobody',
    text: `${small}monitors:\n  dly: { window: 7d, every: 7d, drift: defalt, performance: { aucc: { min: 0 } }, notify: [ops] }\n`,
    problems: [
      '4:8 monitors.dly | `dly`, which is not a deployment | a deployment (there is none',
      '4:40 monitors.dly.drift | the text `defalt` | one of `default`, `none` | default',
      '4:63 monitors.dly.performance.aucc | the unknown metric `aucc` | one of accuracy | auc',
      '4:92 monitors.dly.notify[0] | `ops`, which is not a receiver of `notify` | a receiver',
    ],
  },
  {
    name: 'retraining by drift, and by figures that nobody computes',
    text: changed('when: [performance, { age: 90d }]', 'when: [drift, performance, { age: 90d }]').replace(/ {4}performance: .*\n/, ''),
    problems: [
      '64:12 retrain.delay.when[0] | the text `drift` | `performance`, `calibration` or `{ age: 90d }`: drift alone',
      '64:19 retrain.delay.when[1] | `performance` without a monitor of delay that has such a limit | a monitor with',
    ],
  },
  {
    name: 'windows with gaps, and an age below the cooldown',
    text: changed('window: 14d', 'window: 1d').replace('age: 90d', 'age: 9d'),
    problems: [
      '56:5 monitors.delay | `every` longer than `window` | windows that leave no gap',
      '64:5 retrain.delay | an age shorter than the cooldown | an age of at least',
    ],
  },
  {
    name: 'a receiver with a password in its address',
    text: 'project: p\nnotify: { a: { webhook: "http://u:p@h/" }, b: { webhook: ftp://h }, c: { email: x@y.z } }\n',
    problems: [
      '2:25 notify.a.webhook | an address with a user name or password | an http:// or https:// address',
      '2:58 notify.b.webhook | the text `ftp://h` | an http:// or https:// address',
      '2:72 notify.c | a receiver without `webhook` | the key `webhook`',
      '2:74 notify.c.email | the key `email` | a receiver without it: mail is not built yet',
    ],
  },
];

for (const { name, text, problems } of cases) {
  test(`refused with its place: ${name}`, () => {
    const found = refused(text);
    const told = found.map((one) => describeProblem(one)).join('\n');
    assert.equal(found.length, problems.length, told);
    for (const [index, row] of problems.entries()) {
      const one = found[index];
      const [place, what, expected, meant] = row.split(' | ');
      assert.equal(`${one?.line}:${one?.column} ${one?.path}`, place, told);
      assert.equal(one?.found, what, told);
      assert.ok(one?.expected.startsWith(expected ?? '?'), told);
      assert.equal(one?.didYouMean, meant, told);
    }
  });
}

test('a problem reads as one line with place, finding, expectation, suggestion and example', () => {
  const [problem] = refused('project: p\ngates: { g: { model: m, criteria: [{ metric: acu, min: 0.5 }] } }\nmodels: { m: {} }\n');
  assert.equal(
    problem && describeProblem({ ...problem, expected: 'a metric' }),
    'slipway.yaml:2:46: gates.g.criteria[0].metric: found the text `acu`; expected a metric. Did you mean `auc`?',
  );
});

test('at most 50 problems are told at once', () => {
  const lines = Array.from({ length: 200 }, (_, index) => `unknown_${index}: 1`).join('\n');
  assert.equal(refused(lines).length, 50);
});
