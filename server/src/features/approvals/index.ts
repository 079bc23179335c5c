import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { defined } from '../../kernel/defined.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import { numberAt, type Page, type PageAsk, pageOf } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { type Approval, decide } from './approval.ts';
import * as store from './approvals-store.ts';

export type { Approval, Decision } from './approval.ts';

export type ApprovalRequest = Pick<
  Approval,
  'version_id' | 'model' | 'version' | 'environment' | 'verdict_event' | 'evidence_digest' | 'needed' | 'excluded'
>;

export interface ApprovalsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly clock: Clock;
}

/** Questions to people about releases. Whoever asked is never the second person, by whatever road. */
export interface Approvals {
  /** Asks once for each verdict and environment. */
  request(caller: Caller, project: Project, request: ApprovalRequest): Promise<Approval>;
  /** Open questions on these verdicts become void: a newer one took their place, so an answer would count for nothing. */
  withdraw(caller: Caller, project: Project, version_id: string, verdict_events: readonly number[]): Promise<void>;
  decide(caller: Caller, project: Project, id: string, given: { decision: 'approve' | 'refuse'; reason: string }): Promise<Approval>;
  get(caller: Caller, project: Project, id: string): Promise<Approval>;
  /** Newest first. */
  list(caller: Caller, project: Project, asked?: { readonly state?: Approval['state'] } & Partial<PageAsk>): Promise<Page<Approval>>;
  granted(version_id: string): Promise<Approval[]>;
  /** How many of a project wait for a person. */
  waiting(project_id: string): Promise<number>;
}

const reasonLimit_chars = 2000;

export function createApprovals(deps: ApprovalsDeps): Approvals {
  const { read } = deps.database;
  return {
    request: (caller, project, request) => requestApproval(deps, caller, project, request),
    withdraw: (caller, project, version_id, verdict_events) => withdrawApprovals(deps, caller, project, version_id, verdict_events),
    decide: (caller, project, id, given) => decideApproval(deps, caller, project, id, given),
    async get(caller, project, id) {
      assertMay(caller, project, 'read');
      return existing(read, project, id);
    },
    async list(caller, project, { state, cursor, limit = 200 } = {}) {
      assertMay(caller, project, 'read');
      const filter = defined({ state, before: cursor === undefined ? undefined : numberAt(cursor) });
      return pageOf(await store.listApprovals(read, project.id, { ...filter, limit }), limit, (last) => last.event);
    },
    granted: (version_id) => store.grantedApprovals(read, version_id),
    waiting: (project_id) => store.countRequested(read, project_id),
  };
}

async function requestApproval(
  { database, events, clock }: ApprovalsDeps,
  caller: Caller,
  project: Project,
  request: ApprovalRequest,
): Promise<Approval> {
  assertMay(caller, project, 'write');
  return database.write(async (tx) => {
    const asked = await store.approvalOf(tx, request.verdict_event, request.environment);
    if (asked) return asked;
    const id = newId('apr');
    const event = await events.emit(tx, caller, {
      project_id: project.id,
      type: 'approval.requested',
      subject: `approval ${id}`,
      note: `Version ${request.version} of ${request.model} asks for ${request.needed} approval${request.needed === 1 ? '' : 's'} for ${request.environment}.`,
      after: { ...request },
    });
    const approval: Approval = {
      ...request,
      id,
      state: 'requested',
      decisions: [],
      event,
      created_at_ms: clock.now(),
      decided_at_ms: null,
    };
    await store.insertApproval(tx, project.id, approval);
    return approval;
  });
}

async function withdrawApprovals(
  { database, events, clock }: ApprovalsDeps,
  caller: Caller,
  project: Project,
  version_id: string,
  verdict_events: readonly number[],
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const open = await store.openApprovalsOf(tx, project.id, version_id);
    for (const old of open.filter((one) => verdict_events.includes(one.verdict_event))) {
      await store.updateApproval(tx, { ...old, state: 'void', decided_at_ms: clock.now() });
      await events.emit(tx, caller, {
        project_id: project.id,
        type: 'approval.voided',
        subject: `approval ${old.id}`,
        note: `Version ${old.version} of ${old.model} was judged again, so its question for ${old.environment} is void.`,
        before: { state: old.state },
        after: { state: 'void', version_id, model: old.model, version: old.version, environment: old.environment },
      });
    }
  });
}

async function decideApproval(
  { database, events, clock }: ApprovalsDeps,
  caller: Caller,
  project: Project,
  id: string,
  given: { decision: 'approve' | 'refuse'; reason: string },
): Promise<Approval> {
  assertMay(caller, project, 'approve');
  if (given.reason.length > reasonLimit_chars) {
    throw failure('invalid_input', { field: 'reason', expected: `at most ${reasonLimit_chars} characters`, got: given.reason.length });
  }
  return database.write(async (tx) => {
    const before = await existing(tx, project, id);
    const after = decide(before, caller, { ...given, at_ms: clock.now() });
    await store.updateApproval(tx, after);
    const type = after.state === 'requested' ? 'approval.supported' : (`approval.${after.state}` as const);
    // The decision answers the question: the story of what follows leads through it to what was asked, and why.
    await events.emit(
      tx,
      { ...caller, cause: before.event },
      {
        project_id: project.id,
        type,
        subject: `approval ${id}`,
        note: `${caller.name} ${given.decision === 'approve' ? 'approved' : 'refused'} version ${after.version} of ${after.model} for ${after.environment}.`,
        before: { state: before.state },
        after: {
          state: after.state,
          version_id: after.version_id,
          model: after.model,
          version: after.version,
          environment: after.environment,
          reason: given.reason,
        },
      },
    );
    return after;
  });
}

async function existing(handle: Handle, project: Project, id: string): Promise<Approval> {
  const approval = await store.findApproval(handle, project.id, id);
  if (!approval) throw failure('not_found', { what: 'approval', name: id });
  return approval;
}
