import type { ModelFacts } from './model-facts.ts';
import type { Version } from './models-api.ts';
import { type Standing, standingOf } from './standing.ts';
import { newestVerdict } from './versions.ts';

/** What each tab of a version's page is given. */
export interface VersionTabProps {
  readonly project: string;
  readonly version: Version;
  readonly facts: ModelFacts;
}

export function standingOfVersion(version: Version, facts: ModelFacts): Standing {
  const verdict = newestVerdict(facts.verdicts, version.number);
  return standingOf({
    version,
    verdict,
    approvals: facts.approvals.filter(({ verdict_event }) => verdict_event === verdict?.event),
    deployments: facts.deployments,
    gated: facts.gates.length > 0,
  });
}
