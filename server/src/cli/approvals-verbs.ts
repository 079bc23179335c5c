import { chosen } from './choices.ts';
import { exits } from './exits.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { type Noun, type Verb, verb } from './verb.ts';

const states = ['requested', 'granted', 'refused', 'void'] as const;

const ls = verb({
  usage: 'ls',
  summary: 'List approvals, newest first.',
  example: 'approvals ls --state requested',
  options: { 'state <state>': `only those that are ${states.join(', ')}`, 'limit <rows>': 'how many (default 200)' },
  async run({ state, limit = '200' }, { client, project, signal, answer }) {
    const only = state === undefined ? {} : { state: chosen('--state', state, states) };
    const found = await upTo(wholeNumber(limit, '--limit'), 500, (page) =>
      client.approvals.list({ params: { project }, query: { ...page, ...only }, signal }),
    );
    await answer(found, ({ items }, see) => [
      ...see.table(
        ['approval', 'state', 'model', '>version', 'environment', 'decided', 'by', 'asked'],
        items.map((one) => [
          one.id,
          one.state,
          one.model,
          one.version,
          one.environment,
          `${one.decisions.filter((decision) => decision.decision === 'approve').length} of ${one.needed}`,
          one.decisions.map((decision) => (decision.reason === '' ? decision.name : `${decision.name}: ${decision.reason}`)).join('; '),
          see.when(one.created_at_ms),
        ]),
        'No approvals.',
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

function decisionVerb(decision: 'approve' | 'refuse', summary: string, example: string): Verb {
  return verb({
    usage: `${decision} <approval>`,
    summary,
    example,
    options: { 'reason <text>': 'why; it is kept with the evidence' },
    async run({ approval, reason = '' }, { client, project, signal, answer }) {
      const answered = await client.approvals.decide({ params: { project, approval }, body: { decision, reason }, signal });
      await answer(answered, (one) => {
        const granted = one.decisions.filter((each) => each.decision === 'approve').length;
        return [`${one.model} version ${one.version} for ${one.environment}: ${one.state} (${granted} of ${one.needed} approved).`];
      });
      return exits.ok;
    },
  });
}

export const approve = decisionVerb(
  'approve',
  'Approve a release on its evidence; whoever asked for it may not.',
  'approve apr_01k9 --reason "calibrated on all carriers"',
);
export const refuse = decisionVerb('refuse', 'Refuse a release.', 'refuse apr_01k9 --reason "EWR is worse"');

export const approvals: Noun = { noun: 'approvals', summary: 'What waits for a second person, and what was decided: ls.', verbs: [ls] };
