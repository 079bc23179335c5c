import { words } from '../../words/index.ts';
import type { Approval } from './approvals-api.ts';

/** What a person may do about an approval, said before they try; the server decides in any case. */
export type Standing = 'decide' | 'asked' | 'decided' | 'not-allowed' | 'closed';

export interface Viewer {
  /** Null for a caller without a person behind it. */
  readonly person: string | null;
  readonly mayApprove: boolean;
}

type Facts = Pick<Approval, 'state' | 'excluded' | 'decisions'>;

export function standingOf(approval: Facts, { person, mayApprove }: Viewer): Standing {
  if (approval.state !== 'requested') return 'closed';
  if (person !== null && approval.excluded.includes(person)) return 'asked';
  if (person !== null && approval.decisions.some((one) => one.person === person)) return 'decided';
  return mayApprove && person !== null ? 'decide' : 'not-allowed';
}

/** Oldest first within each: what waits longest comes first. */
export function sorted<Item extends Facts & Pick<Approval, 'created_at_ms'>>(approvals: readonly Item[], viewer: Viewer) {
  const waiting = approvals.filter(({ state }) => state === 'requested').toSorted((a, b) => a.created_at_ms - b.created_at_ms);
  return {
    mine: waiting.filter((one) => standingOf(one, viewer) === 'decide'),
    others: waiting.filter((one) => standingOf(one, viewer) !== 'decide'),
    decided: approvals.filter(({ state }) => state !== 'requested'),
  };
}

export function given({ decisions }: Pick<Approval, 'decisions'>): number {
  return decisions.filter(({ decision }) => decision === 'approve').length;
}

/** What still stands between the question and its answer. */
export function stateSentence(approval: Pick<Approval, 'state' | 'decisions' | 'needed' | 'version' | 'environment'>): string {
  const { version, environment, needed } = approval;
  const { sentences } = words.approvals;
  switch (approval.state) {
    case 'requested':
      return sentences.requested(version, environment, needed - given(approval));
    case 'granted':
      return sentences.granted(version, environment);
    case 'refused':
      return sentences.refused(version, environment);
    case 'void':
      return sentences.void(version, environment);
  }
}

/** The first line of the list. */
export function waitingSentence(mine: number, others: number, lastAnswered: string | null): string {
  const { sentences } = words.approvals;
  const first = mine > 0 ? sentences.mine(mine) : lastAnswered === null ? sentences.nothing : sentences.nothingSince(lastAnswered);
  return others > 0 ? `${first} ${sentences.others(others)}` : first;
}
