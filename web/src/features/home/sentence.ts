import { share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Deployment } from '../deployments/deployments-api.ts';

const { sentence } = words.home;

/** The state of the project in one sentence or two: what serves, what is wrong. What needs a person is said apart, in violet. */
export function stateSentence(deployments: readonly Deployment[], openIncidents: number): string {
  const serving = deployments.filter(({ retired }) => !retired);
  const [only] = serving;
  if (!only) return sentence.nothing;
  const parts = [serving.length === 1 ? ofDeployment(only) : sentence.manyServe(serving.length)];
  if (openIncidents > 0) parts.push(sentence.incident(openIncidents));
  return parts.join(' ');
}

function ofDeployment({ name, champion, rollout, split }: Deployment): string {
  if (rollout && (rollout.state === 'rolling' || rollout.state === 'waiting')) {
    const part = split.find(({ version }) => version === rollout.version)?.share ?? 0;
    return sentence.rolling(rollout.version, rollout.displaced, share(part));
  }
  return champion === null ? sentence.noVersion(name) : sentence.serves(champion, name);
}

export function needsPerson(amount: number): string {
  return amount === 0 ? sentence.calm : sentence.needsPerson(amount);
}
