import { share } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import type { Version } from './models-api.ts';

/** May this version serve, and who says so? */
export interface Standing {
  readonly kind: StatusKind;
  readonly sentence: string;
}

export interface StandingFacts {
  readonly version: Pick<Version, 'number' | 'retired_at_ms'>;
  readonly verdict: Verdict | undefined;
  /** Of this verdict. */
  readonly approvals: readonly Approval[];
  readonly deployments: readonly Deployment[];
  /** A gate judges versions of this model. */
  readonly gated: boolean;
}

const { standing } = words.gates;

export function standingOf(facts: StandingFacts): Standing {
  const { version, verdict } = facts;
  const { number } = version;
  if (version.retired_at_ms !== null) return { kind: 'neutral', sentence: standing.retired(number) };
  const serves = facts.deployments.flatMap(({ name, split }) =>
    split.filter((part) => part.version === number && part.share > 0).map((part) => ({ name, share: part.share })),
  );
  const judged = judgedOf(facts);
  if (serves.length === 0) return { kind: judged.kind, sentence: [judged.verb, ...judged.grounds].join(' ') };
  const serving = serves.map((one) =>
    one.share === 1 ? standing.servesAll(number, one.name) : standing.servesPart(number, share(one.share), one.name),
  );
  const all = serves.every((one) => one.share === 1);
  const kind = verdict?.result === 'fail' ? 'bad' : judged.kind === 'human' ? 'human' : all ? 'good' : 'running';
  return { kind, sentence: [...serving, ...judged.grounds].join(' ') };
}

/** The sentence without who serves: `Version 11 may not serve.`, and its grounds. */
function judgedOf({ version: { number }, verdict, approvals, gated }: StandingFacts): {
  readonly kind: StatusKind;
  readonly verb: string;
  readonly grounds: readonly string[];
} {
  if (!verdict) {
    return gated
      ? { kind: 'neutral', verb: standing.notJudged(number), grounds: [] }
      : { kind: 'neutral', verb: standing.noGate(number), grounds: [] };
  }
  const all = verdict.evidence.length;
  const broken = verdict.evidence.filter(({ holds }) => !holds);
  if (broken.length > 0) {
    const names = [...new Set(broken.map(({ metric }) => metric))];
    return { kind: 'bad', verb: standing.mayNot(number), grounds: [standing.broken(broken.length, all, names)] };
  }
  const held = standing.allHold(all);
  if (verdict.result === 'pass') return { kind: 'good', verb: standing.may(number), grounds: [held] };
  const refusal = approvals.find(({ state }) => state === 'refused');
  if (refusal) {
    const who = refusal.decisions.findLast(({ decision }) => decision === 'refuse')?.name;
    return { kind: 'bad', verb: standing.mayNot(number), grounds: [held, standing.refused(who ?? '', refusal.environment)] };
  }
  const granted = approvals.filter(({ state }) => state === 'granted');
  const open = Object.entries(verdict.approvals).filter(
    ([environment, needed]) => needed > 0 && !granted.some((one) => one.environment === environment),
  );
  const [waiting] = open;
  if (waiting) return { kind: 'human', verb: standing.waits(number, waiting[1], waiting[0]), grounds: [held] };
  const people = granted.flatMap(({ decisions }) => decisions.filter(({ decision }) => decision === 'approve').map(({ name }) => name));
  return { kind: 'good', verb: standing.may(number), grounds: [held, ...(people.length > 0 ? [standing.approved(people)] : [])] };
}

/** The first line of the list: how many, which serve, what waits. */
export function modelsSentence(
  models: readonly { readonly name: string; readonly retired: boolean }[],
  deployments: readonly Deployment[],
  waiting: number,
): string {
  const { list } = words.models;
  const known = models.filter(({ retired }) => !retired);
  const serving = known.filter(({ name }) =>
    deployments.some(({ model, champion, retired }) => !retired && model === name && champion !== null),
  );
  return [list.sentence(known.length, serving.length), ...(waiting > 0 ? [list.waiting(waiting)] : [])].join(' ');
}
