import type { Verdict } from '../gates/gates-api.ts';
import type { Version } from '../models/models-api.ts';
import type { Deployment } from './deployments-api.ts';

export interface Releasable {
  readonly version: number;
  readonly verdict: Verdict['result'] | 'none';
  readonly passed: boolean;
}

/**
 * Versions that could be released, newest first: not retired, and not what serves or rolls already. With what the deployment's
 * gate said of each last; the server decides in any case.
 */
export function releasable(
  { definition, champion, rollout }: Pick<Deployment, 'definition' | 'champion' | 'rollout'>,
  versions: readonly Pick<Version, 'number' | 'retired_at_ms'>[],
  verdicts: readonly Pick<Verdict, 'gate' | 'version' | 'result' | 'event'>[],
): Releasable[] {
  const newest = verdicts.filter(({ gate }) => gate === definition.gate).toSorted((a, b) => b.event - a.event);
  return versions
    .filter(({ number, retired_at_ms }) => retired_at_ms === null && number !== champion && number !== rollout?.version)
    .toSorted((a, b) => b.number - a.number)
    .map(({ number }) => {
      const verdict = newest.find(({ version }) => version === number)?.result ?? 'none';
      return { version: number, verdict, passed: definition.gate === undefined || verdict === 'pass' || verdict === 'needs approval' };
    });
}
