import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approval, deployment, rollout, verdict, version } from './models.fixture.ts';
import { type ReleaseFacts, releaseOf } from './release.ts';

const facts = (change: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  version: version(),
  deployment: deployment(),
  verdict: verdict(),
  approvals: [approval()],
  ...change,
});

test('a release says every step, how long it lasts, and what sends it back', () => {
  const { possible, sentences } = releaseOf(facts());
  assert.equal(possible, true);
  assert.deepEqual(sentences, [
    'Version 11 gets 5 % of the traffic of delay now, then 25 % and 100 %.',
    'Each step lasts at least 1 d.',
    'errors and brier guard each step: if version 11 does clearly worse than version 10 on the same traffic, all of it goes back to version 10 by itself.',
  ]);
});

test('the first version of a deployment takes all traffic at once', () => {
  const { sentences } = releaseOf(facts({ deployment: deployment({ champion: null, split: [] }) }));
  assert.deepEqual(sentences, ['Version 11 takes all traffic of delay at once.']);
});

test('a running rollout of another version ends', () => {
  const running = rollout({ version: 12, state: 'rolling', ended_ms: null });
  assert.equal(releaseOf(facts({ deployment: deployment({ rollout: running }) })).sentences[0], 'The running rollout of version 12 ends.');
});

test('what the server would refuse is said beforehand', () => {
  const reason = (change: Partial<ReleaseFacts>) => {
    const { possible, sentences } = releaseOf(facts(change));
    assert.equal(possible, false);
    return sentences.join(' ');
  };
  assert.match(reason({ verdict: undefined }), /has not judged version 11/);
  assert.match(reason({ verdict: verdict({ result: 'fail' }) }), /did not let version 11 pass/);
  assert.match(reason({ approvals: [] }), /needs the approval of one person for production first/);
  assert.match(reason({ approvals: [approval({ evidence_digest: 'other' })] }), /needs the approval/);
  assert.match(reason({ version: version({ number: 10 }) }), /serves all traffic of delay already/);
  assert.match(reason({ version: version({ retired_at_ms: 1 }) }), /is retired/);
});

test('a deployment without a gate asks for none', () => {
  const { definition } = deployment();
  const { gate: _, ...ungated } = definition;
  assert.equal(releaseOf(facts({ verdict: undefined, deployment: deployment({ definition: ungated }) })).possible, true);
});
