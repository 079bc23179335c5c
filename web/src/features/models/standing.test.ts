import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approval, deployment, evidence, verdict, version } from './models.fixture.ts';
import { modelsSentence, type StandingFacts, standingOf } from './standing.ts';

const facts = (change: Partial<StandingFacts> = {}): StandingFacts => ({
  version: version(),
  verdict: verdict(),
  approvals: [],
  deployments: [deployment()],
  gated: true,
  ...change,
});
const said = (change: Partial<StandingFacts>) => {
  const { kind, sentence } = standingOf(facts(change));
  return `${kind}: ${sentence}`;
};

test('a version that did not pass says what does not hold', () => {
  const broken = verdict({ result: 'fail', evidence: [evidence(), evidence({ metric: 'brier', holds: false })] });
  assert.equal(said({ verdict: broken }), 'bad: Version 11 may not serve. 1 of 2 criteria does not hold: brier.');
});

test('what waits for a person is violet', () => {
  const waiting = approval({ state: 'requested', decisions: [] });
  assert.equal(said({ approvals: [waiting] }), 'human: Version 11 waits for one person before production. All 2 criteria hold.');
});

test('an approved version says who approved', () => {
  assert.equal(said({ approvals: [approval()] }), 'good: Version 11 may serve. All 2 criteria hold. Ben approved.');
});

test('a refusal of a person counts as much as one of the gate', () => {
  const refused = approval({ state: 'refused', decisions: [{ person: 'p', name: 'Ada', decision: 'refuse', reason: 'no', at_ms: 0 }] });
  assert.equal(said({ approvals: [refused] }), 'bad: Version 11 may not serve. All 2 criteria hold. Ada refused it for production.');
});

test('who serves comes first, with its share', () => {
  assert.equal(
    said({ version: version({ number: 10 }), approvals: [approval()] }),
    'good: Version 10 serves all traffic of delay. All 2 criteria hold. Ben approved.',
  );
  const split = [
    { version: 10, share: 0.95 },
    { version: 11, share: 0.05 },
  ];
  assert.match(
    said({ approvals: [approval()], deployments: [deployment({ split })] }),
    /^running: Version 11 serves 5 % of the traffic of delay\./,
  );
});

test('a version that serves although it fails is not painted green', () => {
  const broken = verdict({ result: 'fail', evidence: [evidence({ holds: false })] });
  assert.match(
    said({ version: version({ number: 10 }), verdict: broken }),
    /^bad: Version 10 serves all traffic of delay\. Its one criterion does not hold: auc\./,
  );
});

test('without a verdict nothing is claimed', () => {
  assert.equal(said({ verdict: undefined }), 'neutral: Version 11 has not been judged yet.');
  assert.match(said({ verdict: undefined, gated: false }), /^neutral: No gate judges this model/);
  assert.equal(said({ version: version({ retired_at_ms: 1 }) }), 'neutral: Version 11 is retired.');
});

test('the list says how many there are, which serve and what waits', () => {
  const models = ['delay', 'wear'].map((name) => ({ name, retired: false }));
  assert.equal(modelsSentence(models, [deployment()], 1), '2 models; 1 of them serves. One version waits for a person.');
  assert.equal(modelsSentence(models.slice(0, 1), [deployment()], 0), 'One model; it serves.');
  assert.equal(modelsSentence([], [], 0), 'No models yet.');
});
