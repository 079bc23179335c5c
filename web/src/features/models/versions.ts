import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Evidence, Verdict } from '../gates/gates-api.ts';
import { keyOf } from './criteria.ts';
import type { ListedVersion } from './models-api.ts';

const { verdicts } = words.gates;

/** `judged` is newest first: what was said of a version last counts. */
export const newestVerdict = (judged: readonly Verdict[], version: number): Verdict | undefined =>
  judged.find((one) => one.version === version);

/** What the gate and people said, in a word. */
export function verdictWord(version: number, judged: readonly Verdict[], approvals: readonly Approval[]): readonly [StatusKind, string] {
  const verdict = newestVerdict(judged, version);
  if (!verdict) return ['neutral', verdicts.none];
  if (verdict.result === 'fail') return ['bad', verdicts.fail];
  if (verdict.result === 'pass') return ['good', verdicts.pass];
  const states = new Set(approvals.filter(({ verdict_event }) => verdict_event === verdict.event).map(({ state }) => state));
  if (states.has('refused')) return ['bad', verdicts.refused];
  return states.has('granted') && !states.has('requested') ? ['good', verdicts.pass] : ['human', verdicts.waits];
}

/** One criterion over the versions, oldest first, by the newest verdict of each. */
export function valuesByVersion(
  facts: { readonly versions: readonly Pick<ListedVersion, 'number'>[]; readonly verdicts: readonly Verdict[] },
  one: Evidence,
): { readonly version: number; readonly value: number | null }[] {
  return facts.versions
    .flatMap(({ number }) => {
      const found = newestVerdict(facts.verdicts, number)?.evidence.find((each) => keyOf(each) === keyOf(one));
      return found ? [{ version: number, value: found.value }] : [];
    })
    .toReversed();
}
