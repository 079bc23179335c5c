import { setTimeout as wait } from 'node:timers/promises';
import { type Exit, exits } from './exits.ts';
import { type Execution, follow, hasEnded, readLog } from './follow.ts';
import { facts, numberText, plain, spanText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { CliProblem, usageProblem } from './problem.ts';
import { type Noun, verb } from './verb.ts';
import type { Work } from './work.ts';

type Param = string | number | boolean;

export const start = verb({
  usage: 'start <pipeline>',
  summary: 'Start a pipeline on the newest inputs; with --follow, print its steps and logs as they come.',
  example: 'start train --param trees=120 --follow',
  options: {
    'param <name=value...>': 'another value for a param of the pipeline',
    'input <dataset=version...>': 'another version than the newest',
    fresh: 'run every step, whatever the cache has',
    follow: 'stay until it has ended; exit code 1 when it failed',
  },
  async run({ pipeline, param = [], input = [], fresh = false, follow: stay = false }, work) {
    const { client, project, signal } = work;
    const params = param.length === 0 ? {} : await paramsOf(pipeline, param, work);
    const inputs = input.length === 0 ? {} : await inputsOf(pipeline, input, work);
    const body = { params, use_cache: !fresh, ...(input.length > 0 && { inputs }) };
    const execution = await client.pipelines.start({ params: { project, pipeline }, body, signal });
    return ended(execution, stay, work);
  },
});

function pairOf(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usageProblem(`${option} ${text} has no value.`, `Write it as in \`${option} name=value\`.`);
}

/** A param keeps the type of its default: `14d` and `007` stay text where the pipeline has text. */
async function paramsOf(pipeline: string, given: readonly string[], { client, project, signal }: Work): Promise<Record<string, Param>> {
  const { items } = await client.pipelines.list({ params: { project }, signal });
  const known = items.find(({ name }) => name === pipeline)?.definition.params ?? {};
  return Object.fromEntries(
    given.map((text) => pairOf(text, '--param')).map(([name, value]) => [name, typedParam(name, value, known[name])]),
  );
}

function typedParam(name: string, value: string, usual: Param | undefined): Param {
  if (typeof usual === 'number') {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number))
      throw usageProblem(`--param ${name}=${value}: expected a number, as in ${usual}.`, 'Correct the value.');
    return number;
  }
  if (typeof usual === 'boolean') {
    if (value !== 'true' && value !== 'false')
      throw usageProblem(`--param ${name}=${value}: expected true or false.`, 'Correct the value.');
    return value === 'true';
  }
  return value;
}

/** The server takes the newest of those that are not named, grown where they grow. */
async function inputsOf(pipeline: string, given: readonly string[], { client, project, signal }: Work): Promise<Record<string, number>> {
  const named = Object.fromEntries(
    given.map((text) => pairOf(text, '--input')).map(([name, version]) => [name, wholeNumber(version, name)]),
  );
  const { items } = await client.pipelines.list({ params: { project }, signal });
  const wanted = items.find(({ name }) => name === pipeline)?.definition.inputs ?? [];
  const stray = Object.keys(named).find((name) => !wanted.includes(name));
  if (stray !== undefined)
    throw usageProblem(`${pipeline} has no input ${plain(stray)}.`, `Its inputs are: ${wanted.join(', ') || 'none'}.`);
  return named;
}

/** What a started execution answers: at once, or when it has ended. */
async function ended(execution: Execution, stay: boolean, work: Work): Promise<Exit> {
  if (!stay) {
    await work.answer(execution, ({ id, pipeline, number }) => [
      `Started ${pipeline}, execution ${number}: ${id}`,
      `Follow it with \`slipway executions logs ${id} --follow\`.`,
    ]);
    return exits.ok;
  }
  work.say(`${execution.pipeline}, execution ${execution.number}: ${execution.id}`);
  work.signal.addEventListener('abort', () =>
    work.streams.error(`It goes on; stop it with \`slipway executions cancel ${execution.id}\`.\n`),
  );
  const detail = await follow(execution, work);
  await work.answer(detail, ({ execution: one }) => [endText(one)]);
  return detail.execution.state === 'succeeded' && detail.execution.verified !== false ? exits.ok : exits.failed;
}

function endText({ state, model, version, error, verified, cpu_ms }: Execution): string {
  const made = model === null || version === null ? '' : `, made version ${version} of ${model}`;
  const proof = verified === null ? '' : verified ? ', the same model bit for bit' : ', but NOT the same model';
  return `${state}${made}${proof} (${spanText(cpu_ms)} of CPU)${error === null ? '' : `: ${plain(error)}`}`;
}

export const rerun = verb({
  usage: 'rerun <execution>',
  summary: 'Reproduce an execution, or the one that made a run, and prove by digest that it gives the same model.',
  example: 'rerun exe_01k9 --follow',
  options: { follow: 'stay until it has ended; exit code 1 when the digest differs' },
  async run({ execution, follow: stay = false }, work) {
    const { client, project, signal } = work;
    const id = /^[0-9a-f]{32}$/.test(execution) ? await executionOf(execution, work) : execution;
    return ended(await client.pipelines.rerun({ params: { project, execution: id }, signal }), stay, work);
  },
});

async function executionOf(run: string, { client, project, signal }: Work): Promise<string> {
  const { execution_id } = await client.runs.get({ params: { project, run }, signal });
  if (execution_id !== null) return execution_id;
  throw new CliProblem(
    exits.failed,
    `Run ${run} was not made by a pipeline, so there is nothing to repeat.`,
    'Only trainings of pipelines carry their inputs, code and params.',
  );
}

const pipelinesLs = verb({
  usage: 'ls',
  summary: 'List the pipelines.',
  example: 'pipelines ls',
  async run(_, { client, project, signal, answer }) {
    await answer(await client.pipelines.list({ params: { project }, signal }), ({ items }, see) =>
      see.table(
        ['pipeline', 'inputs', 'steps', 'registers', 'params', ''],
        items.map(({ name, definition, retired }) => [
          name,
          definition.inputs.join(', '),
          Object.entries(definition.steps)
            .map(([step, { kind }]) => `${step} (${kind})`)
            .join(', '),
          definition.register,
          paramsText(definition.params ?? {}),
          retired ? 'retired' : '',
        ]),
        'No pipelines yet.',
      ),
    );
    return exits.ok;
  },
});

function paramsText(params: Readonly<Record<string, Param>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

export const pipelines: Noun = { noun: 'pipelines', summary: 'What can be started: ls.', verbs: [pipelinesLs] };

const ls = verb({
  usage: 'ls',
  summary: 'List executions, newest first.',
  example: 'executions ls --pipeline train',
  options: { 'pipeline <name>': 'only those of one pipeline', 'limit <rows>': 'how many (default 200)' },
  async run({ pipeline, limit = '200' }, { client, project, signal, answer }) {
    const only = pipeline === undefined ? {} : { pipeline };
    const found = await upTo(wholeNumber(limit, '--limit'), 500, (page) =>
      client.pipelines.executions({ params: { project }, query: { ...page, ...only }, signal }),
    );
    await answer(found, ({ items }, see) => [
      ...see.table(
        ['execution', 'pipeline', '>number', 'state', 'made', 'started', '>took', '>CPU'],
        items.map((one) => [
          one.id,
          one.pipeline,
          one.number,
          one.state,
          one.model === null || one.version === null ? '' : `${one.model} ${one.version}`,
          see.when(one.created_at_ms),
          one.ended_at_ms === null ? '' : spanText(one.ended_at_ms - one.created_at_ms),
          spanText(one.cpu_ms),
        ]),
        'No executions yet: `slipway start PIPELINE`.',
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

const show = verb({
  usage: 'show <execution>',
  summary: 'Show an execution: its inputs and steps, and why each ran or came from the cache.',
  example: 'executions show exe_01k9',
  async run({ execution }, { client, project, signal, answer }) {
    await answer(await client.pipelines.execution({ params: { project, execution }, signal }), ({ execution: one, steps }, see) => [
      ...facts([
        ['execution', one.id],
        ['pipeline', `${one.pipeline}, number ${one.number}`],
        ['outcome', endText(one)],
        [
          'inputs',
          Object.entries(one.inputs ?? {})
            .map(([name, version]) => `${name} ${version}`)
            .join(', '),
        ],
        ['params', paramsText(one.params)],
        ['started', see.when(one.created_at_ms)],
        ['repeats', one.rerun_of],
      ]),
      '',
      ...see.table(
        ['step', 'state', '>attempts', 'cache', 'tables', '>took', '>CPU'],
        steps.map((step) => [
          step.name,
          step.state,
          step.attempts,
          step.cache === null ? '' : `${step.cache.hit ? 'hit' : 'miss'}: ${step.cache.reason}`,
          Object.entries(step.tables)
            .map(([name, { rows }]) => `${name} ${numberText(rows)} rows`)
            .join(', '),
          step.started_at_ms === null || step.ended_at_ms === null ? '' : spanText(step.ended_at_ms - step.started_at_ms),
          spanText(step.cpu_ms),
        ]),
        'No steps.',
      ),
      ...steps.flatMap((step) => (step.error === null ? [] : ['', `${step.name}: ${plain(step.error)}`])),
    ]);
    return exits.ok;
  },
});

const cancel = verb({
  usage: 'cancel <execution>',
  summary: 'Cancel an execution; what runs is killed.',
  example: 'executions cancel exe_01k9',
  async run({ execution }, { client, project, signal, answer }) {
    await answer(await client.pipelines.cancel({ params: { project, execution }, signal }), (one) => [
      `${one.pipeline}, execution ${one.number}: ${one.state}.`,
    ]);
    return exits.ok;
  },
});

const follow_ms = 400;

const logs = verb({
  usage: 'logs <execution> [step]',
  summary: 'Print the logs of its steps, or of one; with --follow, as they are written.',
  example: 'executions logs exe_01k9 fit',
  options: { follow: 'stay until it has ended' },
  async run({ execution, step, follow: stay = false }, work) {
    const { client, project, signal } = work;
    const detail = await client.pipelines.execution({ params: { project, execution }, signal });
    const names = detail.steps.map(({ name }) => name);
    if (step !== undefined && !names.includes(step))
      throw usageProblem(`Execution ${plain(execution)} has no step ${plain(step)}.`, `Its steps are: ${names.map(plain).join(', ')}.`);
    if (stay && step === undefined) {
      await follow(detail.execution, work);
      if (!work.json) return exits.ok;
    }
    const texts: Record<string, string> = {};
    const print =
      (name: string) =>
      (text: string): void => {
        texts[name] = (texts[name] ?? '') + text;
        if (!work.json) work.streams.out(text.split('\n').map(plain).join('\n'));
      };
    for (const name of step === undefined ? names : [step]) {
      if (step === undefined) work.say(`== ${name}`);
      let at = await readLog(work, execution, name, 0, print(name));
      for (let now = detail; stay && !hasEnded(now.execution); ) {
        await wait(follow_ms, undefined, { signal });
        now = await client.pipelines.execution({ params: { project, execution }, signal });
        at = await readLog(work, execution, name, at, print(name));
      }
    }
    if (work.json) await work.answer(texts, () => []);
    return exits.ok;
  },
});

export const executions: Noun = {
  noun: 'executions',
  summary: 'Runnings of pipelines: ls, show, logs, cancel.',
  verbs: [ls, show, logs, cancel],
};
