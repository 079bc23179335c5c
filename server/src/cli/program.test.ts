import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exits } from './exits.ts';
import { buildProgram } from './program.ts';
import { slipway, temporaryFolder } from './up.fixture.ts';
import type { Verb } from './verb.ts';
import { groups } from './verbs.ts';

interface Parsed {
  readonly verb: Verb;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a command line means, without doing it; or the text that commander prints. */
async function parse(line: string): Promise<{ readonly parsed: Parsed | undefined; readonly text: string }> {
  let parsed: Parsed | undefined;
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const run = async (verb: Verb, input: Readonly<Record<string, unknown>>): Promise<void> => {
    parsed = { verb, input };
  };
  const program = buildProgram({ version: '0.0.0', groups, out: write, error: write, run });
  const words = (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/s, '$2'));
  await program.parseAsync(words, { from: 'user' }).catch(() => undefined);
  return { parsed, text };
}

test('every verb has a summary, help with its example, --json, and an example that parses', async () => {
  for (const { entries } of groups) {
    for (const entry of entries) {
      for (const verb of 'noun' in entry ? entry.verbs : [entry]) {
        const name = `${'noun' in entry ? `${entry.noun} ` : ''}${verb.usage.split(' ')[0]}`;
        const { text } = await parse(`${name} --help`);
        assert.match(text, /--json/, name);
        assert.ok(text.includes(`slipway ${verb.example}`) && text.includes(verb.summary.slice(0, 20)), `${name}\n${text}`);
        const { parsed, text: refused } = await parse(verb.example);
        assert.equal(parsed?.verb, verb, `${verb.example}: ${refused}`);
      }
    }
  }
});

test('arguments and options come as the verb declares them', async () => {
  const { parsed } = await parse('start train --param trees=120 --param holdout=14d --follow --project flights');
  assert.deepEqual(parsed?.input, { pipeline: 'train', param: ['trees=120', 'holdout=14d'], follow: true, project: 'flights' });
  assert.deepEqual((await parse('data add departures a.csv b.csv')).parsed?.input, { dataset: 'departures', files: ['a.csv', 'b.csv'] });
  assert.deepEqual((await parse('deploy delay --version 3')).parsed?.input, { deployment: 'delay', version: '3' });
});

test('no argument of a verb has the name of one of its options, which would overwrite it', async () => {
  for (const { entries } of groups) {
    for (const verb of entries.flatMap((entry) => ('noun' in entry ? entry.verbs : [entry]))) {
      const given = [...verb.usage.matchAll(/[<[](\w+)/g)].map(([, name]) => name);
      const options = ['json', 'server', 'project', ...Object.keys(verb.options ?? {}).map((option) => option.split(' ')[0])];
      assert.deepEqual(
        given.filter((name) => options.includes(name)),
        [],
        verb.usage,
      );
    }
  }
});

test('a verb that is misspelt is refused with the one that was meant', async (t) => {
  const { exit, error } = await slipway(temporaryFolder(t), ['aply']);
  assert.equal(exit, exits.usage);
  assert.match(error, /unknown command 'aply'\n\(Did you mean apply\?\)/);
});

test('the help names the stages of the loop in their order', async (t) => {
  const { exit, out } = await slipway(temporaryFolder(t), ['--help']);
  assert.equal(exit, exits.ok);
  const places = ['Develop:', 'Release:', 'Watch:', 'Operate:', 'Exit codes:'].map((title) => out.indexOf(title));
  assert.ok(
    places.every((place, at) => place > (places[at - 1] ?? 0)),
    out,
  );
});
