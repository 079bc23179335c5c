import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure, SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Handle } from '../../platform/database/index.ts';
import { assertServable, type ModelVersion, type ReleasePermit } from '../models/index.ts';
import { type DeploymentDefinition, planOf, production } from './deployment.ts';
import { assertGated, type CommandDeps, champion, holderOf, letGo, ownState } from './deployments.ts';
import {
  type DeploymentState,
  findLiveRollout,
  findRollout,
  findState,
  listLiveRollouts,
  putRollout,
  putState,
  type RolloutRecord,
} from './deployments-store.ts';
import { assertGuardFits, measureArms } from './measure.ts';
import { advance, type Decision, decided, isLive, objection, shareOf, superseded } from './rollout.ts';

/**
 * Releases a version: the first of a deployment takes all traffic at once, another moves in by the steps of the definition, and a
 * running rollout gives way to it, also to the champion. The version that is live or rolling already is no change. Errors: `not_found`,
 * `not_released` (with the gate's reason), `gate_needed`, `version_retired`, `invalid_input` (a guard that does not fit the model), and
 * why the model cannot be loaded.
 */
export async function roll(
  deps: CommandDeps,
  caller: Caller,
  project: Project,
  input: { readonly deployment: string; readonly version: number },
): Promise<RolloutRecord> {
  assertMay(caller, project, 'write');
  const { definition, revision } = await deps.definitions.get(project, input.deployment);
  const version = await deps.models.version(project, definition.model, input.version);
  const present = await presentRollout(deps.database.read, input.deployment, version.number);
  if (present) return present;
  assertReleasable(definition, version);
  const permit = await permitOf(deps, caller, project, input.deployment, definition, version);
  await deps.table.load(version);
  const now_ms = await deps.projectNow(project);
  const given = { caller, project, name: input.deployment, revision, version, permit, now_ms };
  const rollout = await deps.database.write((tx) => begin(deps, tx, given));
  await deps.table.refresh(input.deployment);
  return rollout;
}

async function presentRollout(handle: Handle, name: string, version: number): Promise<RolloutRecord | null> {
  const live = await findLiveRollout(handle, name);
  if (live) return live.version === version ? live : null;
  const state = await findState(handle, name);
  if (!state || state.champion !== version || state.champion_rollout === null) return null;
  return findRollout(handle, name, state.champion_rollout);
}

/** A permit from the gate, or null where the deployment needs none. A refusal is an event of its own. */
async function permitOf(
  deps: CommandDeps,
  caller: Caller,
  project: Project,
  name: string,
  definition: DeploymentDefinition,
  version: ModelVersion,
): Promise<ReleasePermit | null> {
  await assertGated(deps, project, definition);
  if (definition.gate === undefined) return null;
  try {
    return await freshPermit(deps, project, definition, definition.gate, version);
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'not_released') throw error;
    await deps.database.write((tx) =>
      deps.events.emit(tx, caller, {
        project_id: project.id,
        type: 'deployment.refused',
        subject: `deployment ${name}`,
        note: error.message,
        after: { deployment: name, model: version.model, version: version.number, reason: error.message },
      }),
    );
    throw error;
  }
}

async function freshPermit(
  deps: CommandDeps,
  project: Project,
  definition: DeploymentDefinition,
  gate: string,
  version: ModelVersion,
): Promise<ReleasePermit> {
  const granted = await deps.approvals.granted(version.id);
  return deps.gates.permitFor(project, version, { gate, environment: definition.environment, granted });
}

interface Beginning {
  readonly caller: Caller;
  readonly project: Project;
  readonly name: string;
  /** Of the definition that the permit was asked for. */
  readonly revision: number;
  readonly version: ModelVersion;
  readonly permit: ReleasePermit | null;
  readonly now_ms: number;
}

async function begin(deps: CommandDeps, tx: Handle, given: Beginning): Promise<RolloutRecord> {
  const { caller, project, name, version, permit, now_ms } = given;
  const { definition, revision } = await deps.definitions.get(project, name, tx);
  if (revision !== given.revision) {
    throw failure('conflict', { what: 'Deployment', name, expected: `revision ${given.revision}`, found: `revision ${revision}` });
  }
  const state = await ownState(tx, project, name);
  const present = await presentRollout(tx, name, version.number);
  if (present) return present;
  // Read again inside the write: it may have been retired since.
  assertReleasable(definition, await deps.models.versionById(version.id, tx));
  await supersede(deps, tx, { caller, project, name, by: version.number, now_ms });
  // The champion has its 100% already: once the other gave way there is nothing to roll.
  const serving = await presentRollout(tx, name, version.number);
  if (serving) return serving;
  const plan = planOf(definition);
  const atOnce = state.champion === null || (plan.steps[0] ?? 1) >= 1;
  const share = atOnce ? 1 : (plan.steps[0] ?? 1);
  const number = state.rollouts + 1;
  const why =
    state.champion === null
      ? 'It is the first version, so there is none to compare with.'
      : `It begins with ${share * 100}% of the traffic.`;
  const event = await deps.events.emit(tx, caller, {
    project_id: project.id,
    type: 'deployment.rollout-started',
    subject: `deployment ${name}`,
    note: `Version ${version.number} of ${version.model} begins to roll out to ${name}. ${why}`,
    after: { deployment: name, rollout: number, model: version.model, version: version.number, displaces: state.champion, plan, permit },
  });
  const rollout: RolloutRecord = {
    deployment: name,
    number,
    model: version.model,
    version: version.number,
    version_id: version.id,
    displaced: state.champion,
    state: 'rolling',
    plan: atOnce ? { ...plan, steps: [1], guard: [] } : plan,
    step: 0,
    step_started_ms: now_ms,
    started_ms: now_ms,
    ended_ms: null,
    evidence: [{ at_ms: now_ms, step: 0, share, decision: 'start', text: why, guards: [] }],
    permit,
    person: caller.person,
    event,
    created_at_ms: deps.clock.now(),
  };
  await putState(tx, { ...state, rollouts: number });
  await deps.models.holdIn(tx, version.id, { holder: holderOf(name), reason: `gets ${share * 100}% of the traffic` });
  await putRollout(tx, project.id, rollout);
  if (!atOnce) return rollout;
  const decision: Decision = { kind: 'promote', text: why, guards: [] };
  return settle(deps, tx, { caller, project, rollout, decision, now_ms });
}

function assertReleasable(definition: DeploymentDefinition, version: ModelVersion): void {
  if (version.retired_at_ms !== null) throw failure('version_retired', { model: version.model, version: version.number });
  assertServable(version);
  assertGuardFits(definition.rollout.guard, version.signature.task);
}

async function supersede(
  deps: CommandDeps,
  tx: Handle,
  given: { caller: Caller; project: Project; name: string; by: number; now_ms: number },
): Promise<void> {
  const running = await findLiveRollout(tx, given.name);
  if (!running) return;
  await putRollout(tx, given.project.id, { ...running, ...superseded(running, given.by, given.now_ms) });
  await deps.models.releaseHoldIn(tx, running.version_id, holderOf(given.name));
  await deps.events.emit(tx, given.caller, {
    project_id: given.project.id,
    type: 'deployment.rollout-superseded',
    subject: `deployment ${given.name}`,
    note: `The rollout of version ${running.version} gave way to version ${given.by}.`,
    after: { deployment: given.name, rollout: running.number, version: running.version, by: given.by },
  });
}

interface Settling {
  readonly caller: Caller;
  readonly project: Project;
  readonly rollout: RolloutRecord;
  readonly decision: Decision;
  readonly now_ms: number;
}

const eventTypes = {
  wait: 'deployment.rollout-waiting',
  next: 'deployment.step-advanced',
  promote: 'deployment.promoted',
  'roll back': 'deployment.rolled-back',
} as const;

/** Writes what was decided on a rollout, with its event; a promotion moves pointer, alias and holds in the same write. */
async function settle(deps: CommandDeps, tx: Handle, { caller, project, rollout, decision, now_ms }: Settling): Promise<RolloutRecord> {
  if (decision.kind === 'stay') return rollout;
  const name = rollout.deployment;
  const after: RolloutRecord = { ...rollout, ...decided(rollout, decision, now_ms) };
  await putRollout(tx, project.id, after);
  if (decision.kind === 'promote') await point(deps, tx, { caller, project, rollout, now_ms });
  if (decision.kind === 'roll back') await deps.models.releaseHoldIn(tx, rollout.version_id, holderOf(name));
  if (decision.kind === 'next') {
    await deps.models.holdIn(tx, rollout.version_id, { holder: holderOf(name), reason: `gets ${shareOf(after) * 100}% of the traffic` });
  }
  await deps.events.emit(tx, caller, {
    project_id: project.id,
    type: eventTypes[decision.kind],
    subject: `deployment ${name}`,
    note: `${noteOf(after, decision.kind)} ${decision.text}`,
    before: { champion: rollout.displaced, step: rollout.step, share: shareOf(rollout) },
    after: {
      deployment: name,
      rollout: rollout.number,
      model: rollout.model,
      version: rollout.version,
      displaced: rollout.displaced,
      state: after.state,
      share: decision.kind === 'roll back' ? 0 : shareOf(after),
      reason: decision.text,
      guards: decision.guards,
    },
  });
  return after;
}

function noteOf(rollout: RolloutRecord, kind: keyof typeof eventTypes): string {
  const what = `Version ${rollout.version} of ${rollout.model}`;
  if (kind === 'promote') return `${what} serves 100% of ${rollout.deployment}.`;
  if (kind === 'roll back') return `${what} was taken off ${rollout.deployment}.`;
  return kind === 'next'
    ? `${what} gets ${shareOf(rollout) * 100}% of ${rollout.deployment}.`
    : `${what} is held at ${shareOf(rollout) * 100}%.`;
}

/** Gives a rollout's version all traffic: pointer, alias with its permit, protection and holds. */
async function point(deps: CommandDeps, tx: Handle, { caller, project, rollout, now_ms }: Omit<Settling, 'decision'>): Promise<void> {
  const name = rollout.deployment;
  const state = await ownState(tx, project, name);
  const { definition } = await deps.definitions.get(project, name, tx);
  await letGo(deps, tx, name, state.champion_rollout);
  await deps.models.holdIn(tx, rollout.version_id, { holder: holderOf(name), reason: 'serves 100%' });
  await putState(tx, {
    ...state,
    champion: rollout.version,
    champion_rollout: rollout.number,
    champion_since_ms: now_ms,
    previous: state.champion,
    previous_rollout: state.champion_rollout,
  });
  if (definition.environment === production) await moveChampion(deps, tx, { caller, project, state, rollout });
}

/** `champion` of the model follows its production deployment, and nobody else moves it. */
async function moveChampion(
  { models }: CommandDeps,
  tx: Handle,
  { caller, project, state, rollout }: { caller: Caller; project: Project; state: DeploymentState; rollout: RolloutRecord },
): Promise<void> {
  const { model, version, permit } = rollout;
  // Without a gate there is no permit: the deployment itself lifts its protection for the move.
  if (permit === null) await models.protectIn(tx, project, model, champion, null);
  await models.setAliasIn(tx, caller, project, {
    model,
    alias: champion,
    version,
    ...(state.champion === null ? {} : { expected: state.champion }),
    ...(permit === null ? {} : { permit }),
  });
  await models.protectIn(tx, project, model, champion, state.name);
}

/**
 * Ends a running rollout, or else goes back to the version before, which is still loaded. Errors: `nothing_to_roll_back`,
 * `version_retired`.
 */
export async function rollback(deps: CommandDeps, caller: Caller, project: Project, name: string, reason: string): Promise<RolloutRecord> {
  assertMay(caller, project, 'write');
  const now_ms = await deps.projectNow(project);
  const done = await deps.database.write(async (tx) => {
    const state = await ownState(tx, project, name);
    const text = reason === '' ? `${caller.name} rolled it back.` : `${caller.name} rolled it back: ${reason}`;
    const decision: Decision = { kind: 'roll back', text, guards: [] };
    const running = await findLiveRollout(tx, name);
    if (running) return settle(deps, tx, { caller, project, rollout: running, decision, now_ms });
    return goBack(deps, tx, { caller, project, state, decision, now_ms });
  });
  await deps.table.refresh(name);
  return done;
}

async function goBack(
  deps: CommandDeps,
  tx: Handle,
  { caller, project, state, decision, now_ms }: Omit<Settling, 'rollout'> & { readonly state: DeploymentState },
): Promise<RolloutRecord> {
  const name = state.name;
  const present = state.champion_rollout === null ? null : await findRollout(tx, name, state.champion_rollout);
  const before = state.previous_rollout === null ? null : await findRollout(tx, name, state.previous_rollout);
  if (state.retired_at_ms !== null || !present || !before) throw failure('nothing_to_roll_back', { deployment: name });
  const { definition } = await deps.definitions.get(project, name, tx);
  assertReleasable(definition, await deps.models.versionById(before.version_id, tx));
  await point(deps, tx, { caller, project, rollout: before, now_ms });
  // Going back twice does not go forward again: the version that was taken off needs a release of its own.
  await putState(tx, { ...(await ownState(tx, project, name)), previous: null, previous_rollout: null });
  return settle(deps, tx, { caller, project, rollout: { ...present, displaced: before.version }, decision, now_ms });
}

/** Goes to 100% now, by a person's will. The guards of the present step must hold (`rollout_not_ready`), and the gate as ever. */
export async function promote(deps: CommandDeps, caller: Caller, project: Project, name: string): Promise<RolloutRecord> {
  assertMay(caller, project, 'admin');
  await ownState(deps.database.read, project, name);
  const rollout = await findLiveRollout(deps.database.read, name);
  if (!rollout) throw failure('not_found', { what: 'running rollout of deployment', name });
  const measured = await measureArms(deps, rollout);
  const against = objection(rollout, measured);
  if (against) throw failure('rollout_not_ready', { version: rollout.version, reason: against.text }, { guards: against.guards });
  const refused = await withdrawn(deps, project, rollout);
  if (refused) throw failure('rollout_not_ready', { version: rollout.version, reason: refused });
  const decision: Decision = { kind: 'promote', text: `${caller.name} promoted it; all guards hold.`, guards: [] };
  const done = await settleIfSame(deps, caller, project, rollout, decision);
  if (!done) throw failure('conflict', { what: 'Rollout', name, expected: `step ${rollout.step}`, found: 'another one' });
  await deps.table.refresh(name);
  return done;
}

/** Why the gate's permit no longer stands, or null. Asked again before 100%: a verdict may have been replaced meanwhile. */
async function withdrawn(deps: CommandDeps, project: Project, rollout: RolloutRecord): Promise<string | null> {
  const { definition } = await deps.definitions.get(project, rollout.deployment);
  try {
    await assertGated(deps, project, definition);
    if (definition.gate !== undefined) {
      await freshPermit(deps, project, definition, definition.gate, await deps.models.versionById(rollout.version_id));
    }
    return null;
  } catch (error) {
    if (error instanceof SlipwayError && (error.code === 'not_released' || error.code === 'gate_needed')) return error.message;
    throw error;
  }
}

/** Moves, bakes and guards all running rollouts of a project; resolves to those that changed. */
export async function advanceDue(deps: CommandDeps, caller: Caller, project: Project, now_ms: number): Promise<RolloutRecord[]> {
  assertMay(caller, project, 'write');
  const changed: RolloutRecord[] = [];
  for (const rollout of await listLiveRollouts(deps.database.read, project.id)) {
    const decision = await heldByGate(deps, project, rollout, advance(rollout, await measureArms(deps, rollout), now_ms));
    if (decision.kind === 'stay') continue;
    const done = await settleIfSame(deps, caller, project, rollout, decision, now_ms);
    if (!done) continue;
    changed.push(done);
    await deps.table.refresh(rollout.deployment);
  }
  return changed;
}

async function heldByGate(deps: CommandDeps, project: Project, rollout: RolloutRecord, decision: Decision): Promise<Decision> {
  if (decision.kind !== 'promote') return decision;
  const refused = await withdrawn(deps, project, rollout);
  if (refused === null) return decision;
  return rollout.state === 'waiting' ? { kind: 'stay' } : { kind: 'wait', text: refused, guards: decision.guards };
}

/** Null when the rollout has moved since it was measured. */
async function settleIfSame(
  deps: CommandDeps,
  caller: Caller,
  project: Project,
  measured: RolloutRecord,
  decision: Decision,
  at_ms?: number,
): Promise<RolloutRecord | null> {
  const now_ms = at_ms ?? (await deps.projectNow(project));
  return deps.database.write(async (tx) => {
    const rollout = await findRollout(tx, measured.deployment, measured.number);
    if (!rollout || !isLive(rollout.state) || rollout.step !== measured.step) return null;
    return settle(deps, tx, { caller, project, rollout, decision, now_ms });
  });
}
