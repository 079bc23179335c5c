import type { Deployment, Rollout } from '../deployments/deployments-api.ts';

/** When one version had traffic in one deployment, in the time of the project. */
export interface Span {
  readonly deployment: string;
  readonly rollout: number;
  readonly version: number;
  readonly state: Rollout['state'];
  readonly from_ms: number;
  /** Since when it had all of it; null: never. */
  readonly full_ms: number | null;
  /** Null while it has some. */
  readonly until_ms: number | null;
  /** Events of the approvals that let it in; empty where none was asked. */
  readonly approvals: readonly number[];
}

/** Newest first, one for each rollout. */
export function spansOf(rollouts: readonly Rollout[]): Span[] {
  const oldest = rollouts.toSorted((a, b) => a.number - b.number);
  return oldest
    .map((one, index): Span => {
      const full_ms = one.state === 'promoted' ? one.ended_ms : null;
      const next = oldest.slice(index + 1).find(({ state }) => state === 'promoted');
      return {
        deployment: one.deployment,
        rollout: one.number,
        version: one.version,
        state: one.state,
        from_ms: one.started_ms,
        full_ms,
        until_ms: full_ms === null ? one.ended_ms : (next?.ended_ms ?? null),
        approvals: one.permit?.approval_events ?? [],
      };
    })
    .toReversed();
}

/** Which versions answered at a moment, and with which share of the traffic; none before the first rollout. */
export function servingAt(rollouts: readonly Rollout[], at_ms: number): { readonly version: number; readonly share: number }[] {
  const champion = rollouts
    .filter(({ state, ended_ms }) => state === 'promoted' && ended_ms !== null && ended_ms <= at_ms)
    .toSorted((a, b) => b.number - a.number)[0];
  const rolling = rollouts.find(({ started_ms, ended_ms }) => started_ms <= at_ms && (ended_ms === null || at_ms < ended_ms));
  const taken = rolling ? shareAt(rolling, at_ms) : 0;
  return [
    ...(champion && taken < 1 ? [{ version: champion.version, share: 1 - taken }] : []),
    ...(rolling && taken > 0 ? [{ version: rolling.version, share: taken }] : []),
  ];
}

function shareAt({ evidence, plan }: Rollout, at_ms: number): number {
  const last = evidence.filter((one) => one.at_ms <= at_ms).at(-1);
  if (!last) return plan.steps[0] ?? 0;
  return last.decision === 'next' ? (plan.steps[last.step + 1] ?? last.share) : last.share;
}

/** What a version did and does: has traffic now, had it until a moment, never had any. */
export type Usage =
  | { readonly kind: 'serves'; readonly share: number }
  | { readonly kind: 'served'; readonly until_ms: number }
  | { readonly kind: 'never' };

export function usageOf(version: number, deployments: readonly Deployment[], spans: readonly Span[]): Usage {
  const share = Math.max(0, ...deployments.flatMap(({ split }) => split.filter((one) => one.version === version).map((one) => one.share)));
  if (share > 0) return { kind: 'serves', share };
  const ends = spans.flatMap((span) => (span.version === version && span.until_ms !== null ? [span.until_ms] : []));
  return ends.length > 0 ? { kind: 'served', until_ms: Math.max(...ends) } : { kind: 'never' };
}

/** `2013-10-12T10:00` on a clock in `zone` as ms since 1970; undefined where it is no moment. */
export function momentIn(zone: string, text: string): number | undefined {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return undefined;
  const shown = (at_ms: number) => Date.parse(`${new Date(at_ms).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')}Z`);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  let at_ms = wanted;
  for (let round = 0; round < 2; round++) at_ms += wanted - shown(at_ms);
  return at_ms;
}
