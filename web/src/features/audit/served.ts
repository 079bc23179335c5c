/** As much of a rollout as is needed to say what served when. Its times are those of the project's clock. */
export interface RolloutFacts {
  readonly number: number;
  readonly version: number;
  readonly displaced: number | null;
  readonly plan: { readonly steps: readonly number[] };
  readonly evidence: readonly {
    readonly at_ms: number;
    readonly step: number;
    readonly decision: 'start' | 'wait' | 'next' | 'promote' | 'roll back' | 'supersede';
    readonly text: string;
  }[];
  readonly permit: { readonly verdict_event: number; readonly approval_events: readonly number[] } | null;
}

export interface ServedPart {
  readonly version: number;
  readonly share: number;
  /** The champion: since when it has been that. A newcomer: since when it has had this share. Null where the record begins later. */
  readonly since_ms: number | null;
  /** Why it got it, in the words of the record. */
  readonly why: string;
  /** The rollout that brought it, with the permit that let it in; null where the record begins later than that. */
  readonly rollout: number | null;
  readonly permit: RolloutFacts['permit'];
}

interface Step {
  readonly at_ms: number;
  readonly rollout: RolloutFacts;
  readonly decision: RolloutFacts['evidence'][number];
}

/**
 * Which versions had which share of a deployment's traffic at a moment, from every step that was decided until then. Empty: nothing
 * served yet, or the record begins later.
 */
export function servedAt(rollouts: readonly RolloutFacts[], at_ms: number): ServedPart[] {
  let champion: ServedPart | null = null;
  let newcomer: ServedPart | null = null;
  const byVersion = new Map<number, RolloutFacts>();
  for (const { at_ms: since_ms, rollout, decision } of stepsUntil(rollouts, at_ms)) {
    const part = (version: number, share: number, of: RolloutFacts | null = rollout): ServedPart => ({
      version,
      share,
      since_ms,
      why: decision.text,
      rollout: of?.number ?? null,
      permit: of?.permit ?? null,
    });
    const before = (version: number) => part(version, 1, byVersion.get(version) ?? null);
    // A record that begins in the middle still tells who served before its first step, if not since when and why.
    if (rollout.displaced !== null) champion ??= { ...before(rollout.displaced), since_ms: null, why: '' };
    const { steps } = rollout.plan;
    switch (decision.decision) {
      case 'start':
        newcomer = part(rollout.version, steps[decision.step] ?? 1);
        break;
      case 'next':
        newcomer = part(rollout.version, steps[decision.step + 1] ?? 1);
        break;
      case 'promote':
        byVersion.set(rollout.version, rollout);
        champion = part(rollout.version, 1);
        newcomer = null;
        break;
      case 'roll back':
        if (champion?.version === rollout.version && rollout.displaced !== null) {
          champion = before(rollout.displaced);
        }
        newcomer = null;
        break;
      case 'supersede':
        newcomer = null;
        break;
      case 'wait':
        break;
    }
  }
  return split(champion, newcomer);
}

function stepsUntil(rollouts: readonly RolloutFacts[], at_ms: number): Step[] {
  return rollouts
    .flatMap((rollout) => rollout.evidence.map((decision) => ({ at_ms: decision.at_ms, rollout, decision })))
    .filter((step) => step.at_ms <= at_ms)
    .toSorted((a, b) => a.at_ms - b.at_ms || a.rollout.number - b.rollout.number);
}

function split(champion: ServedPart | null, newcomer: ServedPart | null): ServedPart[] {
  if (!newcomer) return champion ? [champion] : [];
  if (!champion || newcomer.share >= 1) return [{ ...newcomer, share: 1 }];
  return [{ ...champion, share: Number((1 - newcomer.share).toFixed(6)) }, newcomer];
}

/** The first moment that the record knows of. */
export function beginOf(rollouts: readonly RolloutFacts[]): number | null {
  const starts = rollouts.flatMap(({ evidence }) => evidence.map(({ at_ms }) => at_ms));
  return starts.length === 0 ? null : Math.min(...starts);
}

interface Approved {
  readonly event: number;
  readonly decisions: readonly {
    readonly person: string;
    readonly decision: 'approve' | 'refuse';
    readonly reason: string;
    readonly at_ms: number;
  }[];
}

/** The people who said yes to what a permit stands on. */
export function approversOf(permit: RolloutFacts['permit'], approvals: readonly Approved[]): Approved['decisions'] {
  const events = permit?.approval_events ?? [];
  return approvals
    .filter(({ event }) => events.includes(event))
    .flatMap(({ decisions }) => decisions.filter((one) => one.decision === 'approve'));
}
