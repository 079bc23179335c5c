import { duration, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import type { Version } from './models-api.ts';

export interface ReleaseFacts {
  readonly version: Pick<Version, 'number' | 'retired_at_ms'>;
  readonly deployment: Deployment;
  /** The newest of the deployment's gate about this version. */
  readonly verdict: Verdict | undefined;
  readonly approvals: readonly Approval[];
}

/** Whether the server will let a version in, as far as can be told, and in words what happens then or what is missing. */
export interface Release {
  readonly possible: boolean;
  readonly sentences: readonly string[];
}

const { release } = words.gates;

/** The deployment whose releases alone move an alias: `champion` of a model that serves in production. */
export function protectorOf(alias: string, deployments: readonly Deployment[]): Deployment | undefined {
  if (alias !== 'champion') return undefined;
  return deployments.find(({ champion, definition }) => definition.environment === 'production' && champion !== null);
}

export function releaseOf(facts: ReleaseFacts): Release {
  const missing = missingOf(facts);
  return missing === undefined ? { possible: true, sentences: planOf(facts) } : { possible: false, sentences: [missing] };
}

function missingOf({ version, deployment, verdict, approvals }: ReleaseFacts): string | undefined {
  const { number } = version;
  const { gate, environment } = deployment.definition;
  if (version.retired_at_ms !== null) return release.retired(number);
  if (deployment.rollout?.version === number && deployment.rollout.state !== 'rolled back') return release.rolling(number, deployment.name);
  if (deployment.champion === number && !deployment.rollout) return release.serves(number, deployment.name);
  if (gate === undefined) return undefined;
  if (!verdict) return release.notJudged(gate, number);
  if (verdict.result === 'fail') return release.refused(gate, number);
  const needed = verdict.approvals[environment] ?? 0;
  const granted = approvals.some(
    (one) => one.state === 'granted' && one.environment === environment && one.evidence_digest === verdict.evidence_digest,
  );
  return needed > 0 && !granted ? release.needsPeople(number, needed, environment) : undefined;
}

function planOf({ version, deployment }: ReleaseFacts): string[] {
  const { steps, guard, bake_ms } = deployment.definition.rollout;
  const { number } = version;
  const { champion, rollout, name } = deployment;
  const [first = 1, ...later] = steps;
  const running = rollout && (rollout.state === 'rolling' || rollout.state === 'waiting') ? [release.supersedes(rollout.version)] : [];
  if (champion === null || later.length === 0) return [...running, release.atOnce(number, name, champion)];
  return [
    ...running,
    release.steps(number, name, share(first), later.map(share)),
    ...(bake_ms > 0 ? [release.bakes(duration(bake_ms))] : []),
    ...(guard.length > 0 ? [release.guarded(guard, number, champion)] : []),
  ];
}
