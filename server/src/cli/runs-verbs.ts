import { resolve } from 'node:path';
import type { Client } from '@slipway/sdk';
import { download } from './download.ts';
import { exits } from './exits.ts';
import { bytesText, type Cell, facts, numberText, spanText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { type Noun, verb } from './verb.ts';

const pageMost = 100;
const pointsMost = 10_000;
const metricsShown = 4;

/** JSON has no NaN and no infinities: they come as text. */
function metricText(value: number | string): Cell {
  return typeof value === 'number' ? numberText(value) : value;
}

const ls = verb({
  usage: 'ls',
  summary: 'List tracked runs, newest first.',
  example: 'runs ls --limit 20',
  options: {
    'limit <number>': 'runs at most (default 50)',
    'experiment <id>': 'only those of one experiment',
    'execution <id>': 'only those of one execution of a pipeline',
  },
  async run({ limit = '50', experiment, execution }, work) {
    const { client, project, signal } = work;
    const only = { ...(experiment !== undefined && { experiment }), ...(execution !== undefined && { execution }) };
    const found = await upTo(wholeNumber(limit, '--limit'), pageMost, (page) =>
      client.runs.list({ params: { project }, query: { ...page, ...only }, signal }),
    );
    await work.answer(found, ({ items }, see) => [
      ...see.table(
        ['run', 'name', 'status', 'started', '>took', 'metrics'],
        items.map((run) => [
          run.id,
          run.name,
          run.status,
          see.when(run.started_at_ms),
          run.ended_at_ms === null ? '' : spanText(run.ended_at_ms - run.started_at_ms),
          metricsText(run.metrics),
        ]),
        'No runs yet.',
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

function metricsText(metrics: readonly { readonly key: string; readonly value: number | string }[]): string {
  const rest = metrics.length - metricsShown;
  return [
    ...metrics.slice(0, metricsShown).map(({ key, value }) => `${key} ${metricText(value)}`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ].join(', ');
}

type Code = Awaited<ReturnType<Client['runs']['get']>>['code'];

/** What it was started from. What a lock file or the changes hold, `runs download` fetches. */
function codeFacts(code: Code): (readonly [string, Cell])[] {
  if (!code) return [];
  const changes = code.dirty === null ? '' : code.dirty ? 'yes' : 'no';
  const file = (one: { path: string; bytes: number }): string => `${one.path} (${bytesText(one.bytes)})`;
  return [
    ['commit', code.commit],
    ['branch', code.branch],
    ['repository', code.remote],
    ['uncommitted', code.diff ? `${changes}: ${file(code.diff)}` : changes],
    ['untracked', code.untracked ? file(code.untracked) : ''],
    ...code.lock_files.map((one) => ['lock file', file(one)] as const),
    ...code.notes.map((note) => ['code', note] as const),
  ];
}

const show = verb({
  usage: 'show <run>',
  summary: 'Show a run: code, params, tags, newest metrics, inputs.',
  example: 'runs show 0199a3b45c6d7e8f0123456789abcdef',
  async run({ run }, { client, project, signal, answer }) {
    await answer(await client.runs.get({ params: { project, run }, signal }), (one, see) => [
      ...facts([
        ['run', one.id],
        ['name', one.name],
        ['experiment', one.experiment],
        ['status', one.lifecycle === 'deleted' ? `${one.status}, deleted` : one.status],
        ['started', see.when(one.started_at_ms)],
        ['took', one.ended_at_ms === null ? '' : spanText(one.ended_at_ms - one.started_at_ms)],
        ['CPU', one.cpu_ms > 0 ? spanText(one.cpu_ms) : ''],
        ['execution', one.execution_id],
        ['step', one.step],
        ...codeFacts(one.code),
        ...one.inputs.map(
          (input) => ['input', `${input.dataset}${input.version === null ? '' : ` version ${input.version}`} (${input.context})`] as const,
        ),
        ...one.params.map(({ key, value }) => [`param ${key}`, value] as const),
        ...one.tags.map(({ key, value }) => [`tag ${key}`, value] as const),
      ]),
      '',
      ...see.table(
        ['metric', '>value', '>least', '>greatest', '>step'],
        one.metrics.map((metric) => [
          metric.key,
          metricText(metric.value),
          metric.minimum === null ? '' : metricText(metric.minimum),
          metric.maximum === null ? '' : metricText(metric.maximum),
          metric.step,
        ]),
        'No metrics.',
      ),
    ]);
    return exits.ok;
  },
});

const metrics = verb({
  usage: 'metrics <run> <key>',
  summary: 'All points of one metric, in the order of their time.',
  example: 'runs metrics 0199a3b45c6d7e8f0123456789abcdef loss',
  options: { 'limit <number>': 'points at most (default 1000)' },
  async run({ run, key, limit = '1000' }, work) {
    const { client, project, signal } = work;
    const found = await upTo(wholeNumber(limit, '--limit'), pointsMost, (page) =>
      client.runs.history({ params: { project, run }, query: { ...page, key }, signal }),
    );
    await work.answer(found, ({ items }, see) => [
      ...see.table(
        ['>step', '>value', 'time'],
        items.map((point) => [point.step, metricText(point.value), see.when(point.timestamp_ms)]),
        `Run ${run} has no points of ${key}.`,
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

const artifacts = verb({
  usage: 'artifacts <run>',
  summary: 'List the artifacts of a run.',
  example: 'runs artifacts 0199a3b45c6d7e8f0123456789abcdef',
  async run({ run }, { client, project, signal, answer }) {
    await answer(await client.runs.artifacts({ params: { project, run }, signal }), ({ items }, see) =>
      see.table(
        ['artifact', '>size', 'digest'],
        items.map((one) => [one.path, bytesText(one.bytes), one.digest.slice(0, 12)]),
        'No artifacts.',
      ),
    );
    return exits.ok;
  },
});

const get = verb({
  usage: 'download <run> [path]',
  summary: 'Download an artifact, or all below a folder; without a path, all of the run.',
  example: 'runs download 0199a3b45c6d7e8f0123456789abcdef model --to copy',
  options: { 'to <folder>': 'where they go (default the working folder)' },
  async run({ run, path, to = '.' }, work) {
    const { client, project, signal } = work;
    const all = await client.runs.artifacts({ params: { project, run }, signal });
    const items = all.items.filter((one) => path === undefined || one.path === path || one.path.startsWith(`${path}/`));
    for (const one of items) {
      const answer = await client.runs.getArtifact({ params: { project, run }, query: { path: one.path }, signal });
      await download(resolve(work.environment.folder, to), one.path, answer, signal);
    }
    await work.answer({ items }, () =>
      items.length === 0 ? ['No such artifact: nothing was downloaded.'] : items.map((one) => `${one.path}  ${bytesText(one.bytes)}`),
    );
    return items.length === 0 && path !== undefined ? exits.failed : exits.ok;
  },
});

export const runs: Noun = {
  noun: 'runs',
  summary: 'Tracked runs: ls, show, metrics, artifacts, download.',
  verbs: [ls, show, metrics, artifacts, get],
};
