import { exits } from './exits.ts';
import { spanText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { type Noun, verb } from './verb.ts';

const pageMost = 500;

const ls = verb({
  usage: 'ls',
  summary: 'List the policies that train again by themselves.',
  example: 'retrain ls',
  async run(_, { client, project, signal, answer }) {
    await answer(await client.automations.list({ params: { project }, signal }), ({ items }, see) =>
      see.table(
        ['policy', 'pipeline', 'deployment', 'when', '>cooldown', '>CPU a month', ''],
        items.map(({ name, definition, retired }) => [
          name,
          definition.pipeline,
          definition.deployment,
          definition.when.map((one) => (one.kind === 'age' ? `older than ${spanText(one.age_ms)}` : one.kind)).join(', '),
          spanText(definition.cooldown_ms),
          definition.budget === undefined ? 'no limit' : spanText(definition.budget.cpu_per_month_ms),
          retired ? 'retired' : '',
        ]),
        'No policies yet: write one down under `retrain:` in slipway.yaml, and apply it.',
      ),
    );
    return exits.ok;
  },
});

const decisions = verb({
  usage: 'decisions',
  summary: 'List the decisions to train again or to wait, with their reasons, newest first.',
  example: 'retrain decisions',
  options: { 'limit <number>': 'decisions at most (default 50)' },
  async run({ limit = '50' }, { client, project, signal, answer }) {
    const found = await upTo(wholeNumber(limit, '--limit'), pageMost, (query) =>
      client.automations.decisions({ params: { project }, query, signal }),
    );
    await answer(found, ({ items }, see) => [
      ...see.table(
        ['time', 'policy', 'because of', 'decision', 'reason', '>event'],
        items.map((one) => [see.when(one.clock_ms), one.policy, one.trigger, one.action, one.reason, one.event]),
        'Nothing was decided yet.',
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

export const retrain: Noun = { noun: 'retrain', summary: 'What trains again by itself, and why: ls, decisions.', verbs: [ls, decisions] };
