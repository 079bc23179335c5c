import type { Approval } from '../features/approvals/approvals-api.ts';
import { sorted, type Viewer } from '../features/approvals/standing.ts';
import type { Incident } from '../features/monitors/monitors-api.ts';
import type { Execution } from '../features/pipelines/pipelines-api.ts';
import { words } from '../words/index.ts';

/** One thing that needs the reader, with the page where to do something about it. */
export interface Notice {
  readonly key: string;
  readonly kind: 'human' | 'bad';
  readonly title: string;
  readonly why: string;
  readonly since_ms: number;
  /** Below `/p/:project`. */
  readonly path: string;
}

type Asked = Pick<Approval, 'id' | 'model' | 'version' | 'environment' | 'state' | 'excluded' | 'decisions' | 'created_at_ms'>;
type Open = Pick<Incident, 'id' | 'deployment' | 'breaches' | 'created_at_ms'>;
type Failed = Pick<Execution, 'id' | 'pipeline' | 'number' | 'error' | 'created_at_ms' | 'ended_at_ms'>;

export interface NoticeFacts {
  readonly approvals: readonly Asked[];
  readonly incidents: readonly Open[];
  readonly failed: readonly Failed[];
  readonly viewer: Viewer;
  /** Failures that ended later have not been seen by the reader. */
  readonly seenUntil_ms: number;
}

const t = words.shell.notices;

/**
 * What needs the reader: questions that they may answer, incidents that are open, both for as long as they are; then executions that
 * failed since they last looked. What waits longest comes first; of failures the newest.
 */
export function noticesOf({ approvals, incidents, failed, viewer, seenUntil_ms }: NoticeFacts): Notice[] {
  return [
    ...sorted(approvals, viewer).mine.map(ofApproval),
    ...incidents.toSorted((a, b) => a.created_at_ms - b.created_at_ms).map(ofIncident),
    ...failed
      .filter((one) => endOf(one) > seenUntil_ms)
      .toSorted((a, b) => endOf(b) - endOf(a))
      .map(ofFailure),
  ];
}

/** The server's time of the newest failure: until then all have been seen once they were shown. */
export function newestEnd(failed: readonly Failed[]): number {
  return Math.max(0, ...failed.map(endOf));
}

const endOf = ({ ended_at_ms, created_at_ms }: Failed): number => ended_at_ms ?? created_at_ms;

function ofApproval({ id, version, model, environment, created_at_ms }: Asked): Notice {
  return {
    key: id,
    kind: 'human',
    title: words.approvals.question(version, model, environment),
    why: t.approval,
    since_ms: created_at_ms,
    path: `/questions/approvals/${id}`,
  };
}

function ofIncident({ id, deployment, breaches, created_at_ms }: Open): Notice {
  return {
    key: id,
    kind: 'bad',
    title: words.home.asks.incident(deployment, breaches[0]?.metric ?? ''),
    why: t.incident,
    since_ms: created_at_ms,
    path: `/incidents/${id}`,
  };
}

function ofFailure(execution: Failed): Notice {
  return {
    key: execution.id,
    kind: 'bad',
    title: words.home.asks.execution(execution.pipeline, execution.number),
    why: execution.error ?? '',
    since_ms: endOf(execution),
    path: `/executions/${execution.id}`,
  };
}
