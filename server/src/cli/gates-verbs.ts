import type { Client } from '@slipway/sdk';
import { exits } from './exits.ts';
import { facts } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { usageProblem } from './problem.ts';
import { type Noun, verb } from './verb.ts';
import type { See, Work } from './work.ts';

type Verdict = Awaited<ReturnType<Client['gates']['evaluate']>>;

function verdictLines(verdict: Verdict, see: See): string[] {
  return [
    ...facts([
      ['verdict', verdict.result],
      ['version', `${verdict.version} of ${verdict.model}`],
      ['champion', verdict.champion === null ? 'none: judged against the baseline' : verdict.champion],
      ['gate', `${verdict.gate}, revision ${verdict.gate_revision}`],
      ['judged', see.when(verdict.created_at_ms)],
      ['evidence', verdict.evidence_digest],
    ]),
    '',
    ...see.table(
      ['holds', 'figure and limit'],
      verdict.evidence.map((one) => [one.holds, one.reason === '' ? `${one.criterion}: ${one.limit}` : one.reason]),
      'No criteria.',
    ),
  ];
}

const ls = verb({
  usage: 'ls',
  summary: 'List the gates and what they ask for.',
  example: 'gate ls',
  async run(_, { client, project, signal, answer }) {
    await answer(await client.gates.list({ params: { project }, signal }), ({ items }, see) =>
      see.table(
        ['gate', 'model', '>criteria', 'approvals', '>revision', 'managed by', ''],
        items.map((gate) => [
          gate.name,
          gate.definition.model,
          gate.definition.criteria.length,
          Object.entries(gate.definition.approvals)
            .map(([environment, needed]) => `${environment} ${needed}`)
            .join(', '),
          gate.revision,
          gate.managed_by,
          gate.retired ? 'retired' : '',
        ]),
        'No gates yet.',
      ),
    );
    return exits.ok;
  },
});

const show = verb({
  usage: 'show <model> [version]',
  summary: 'Show the newest verdict of a version (default the one judged last) with all its figures.',
  example: 'gate show delay 2',
  async run({ model, version }, work) {
    const { client, project, signal } = work;
    const query = { model, version: version === undefined ? undefined : wholeNumber(version, 'version') };
    const { items } = await client.gates.verdicts({ params: { project }, query: { ...query, limit: 1 }, signal });
    // Nothing was judged of what is not there either: its own answer says which of the two it is.
    if (items.length === 0) {
      if (query.version === undefined) await client.models.versions({ params: { project, model }, signal });
      else await client.models.version({ params: { project, model, version: query.version }, signal });
    }
    await work.answer(items[0] ?? null, (verdict, see) => (verdict === null ? ['Not judged yet.'] : verdictLines(verdict, see)));
    return exits.ok;
  },
});

const evaluate = verb({
  usage: 'evaluate <model> <version>',
  summary: 'Measure a version against its gate, for use in any CI; exit code 5 when it fails.',
  example: 'gate evaluate delay 2',
  options: { 'gate <name>': 'which gate, where more than one judges the model' },
  async run({ model, version, gate }, work) {
    const { client, signal } = work;
    const params = { project: work.project, gate: gate ?? (await gateOf(model, work)) };
    const body = { model, version: wholeNumber(version, 'version') };
    const verdict = await client.gates.evaluate({ params, body, signal, timeout_ms: evaluate_ms });
    await work.answer(verdict, verdictLines);
    return verdict.result === 'fail' ? exits.refused : exits.ok;
  },
});

/** The version is run over the whole of the held-out data, and timed. */
const evaluate_ms = 1_800_000;

async function gateOf(model: string, { client, project, signal }: Work): Promise<string> {
  const { items } = await client.gates.list({ params: { project }, signal });
  const fitting = items.filter((gate) => gate.definition.model === model && !gate.retired).map((gate) => gate.name);
  if (fitting[0] !== undefined && fitting.length === 1) return fitting[0];
  if (fitting.length === 0) throw usageProblem(`No gate judges ${model}.`, 'Write one down under `gates:` in slipway.yaml, and apply it.');
  throw usageProblem(`${fitting.length} gates judge ${model}: ${fitting.join(', ')}.`, 'Choose one with `--gate NAME`.');
}

export const gate: Noun = {
  noun: 'gate',
  summary: 'Gates and their verdicts: ls, show, evaluate.',
  verbs: [ls, show, evaluate],
};
