import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { numberAt, type Page, type PageAsk, pageOf } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Definition } from '../../platform/definitions/index.ts';
import type { RowCursor, ServedCount, ServedRow } from '../predictions/index.ts';
import type { DeploymentDefinition } from './deployment.ts';
import { type CommandDeps, ownState } from './deployments.ts';
import { type DeploymentState, findLiveRollout, findState, listRollouts, type RolloutRecord } from './deployments-store.ts';
import { shareOf } from './rollout.ts';

/** A deployment with what it serves now. */
export interface DeploymentView extends Definition<DeploymentDefinition> {
  readonly model: string;
  readonly champion: number | null;
  /** Since when the champion has been it, in the time of the project. */
  readonly champion_since_ms: number | null;
  /** The version that a rollback goes to; null when there is none, or when it was retired since. */
  readonly previous: number | null;
  /** The running rollout with its evidence, or null. */
  readonly rollout: RolloutRecord | null;
  readonly split: readonly { readonly version: number; readonly share: number }[];
}

export interface ServedSummary {
  readonly first_ms: number | null;
  readonly last_ms: number | null;
  readonly counts: readonly ServedCount[];
}

export async function listDeployments(deps: CommandDeps, caller: Caller, project: Project): Promise<DeploymentView[]> {
  assertMay(caller, project, 'read');
  const defined = await deps.definitions.list(project);
  return Promise.all(defined.map((definition) => viewOf(deps, project, definition)));
}

/** Retired ones too. Refuses with `not_found`. */
export async function findDeployment(deps: CommandDeps, project: Project, name: string): Promise<DeploymentView> {
  const definition = await deps.definitions.find(project, name);
  if (!definition) throw failure('not_found', { what: 'deployment', name });
  return viewOf(deps, project, definition);
}

async function viewOf(deps: CommandDeps, project: Project, definition: Definition<DeploymentDefinition>): Promise<DeploymentView> {
  const state = await findState(deps.database.read, definition.name);
  const rollout = await findLiveRollout(deps.database.read, definition.name);
  const champion = state?.champion ?? null;
  const share = rollout ? shareOf(rollout) : 0;
  const split = [
    ...(champion === null ? [] : [{ version: champion, share: Number((1 - share).toFixed(9)) }]),
    ...(rollout ? [{ version: rollout.version, share }] : []),
  ];
  return {
    ...definition,
    model: definition.definition.model,
    champion,
    champion_since_ms: state?.champion_since_ms ?? null,
    previous: await previousOf(deps, project, definition.definition.model, state),
    rollout,
    split,
  };
}

async function previousOf({ models }: CommandDeps, project: Project, model: string, state: DeploymentState | null): Promise<number | null> {
  if (state === null || state.previous === null) return null;
  const { retired_at_ms } = await models.version(project, model, state.previous);
  return retired_at_ms === null ? state.previous : null;
}

/** Rollouts of a deployment, newest first. */
export async function rolloutsOf(
  { database }: CommandDeps,
  caller: Caller,
  project: Project,
  name: string,
  { cursor, limit }: PageAsk = { limit: 100 },
): Promise<Page<RolloutRecord>> {
  assertMay(caller, project, 'read');
  await ownState(database.read, project, name);
  const before = cursor === undefined ? {} : { before: numberAt(cursor) };
  return pageOf(await listRollouts(database.read, name, { ...before, limit }), limit, (last) => last.number);
}

export interface RowsFilter {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly after?: RowCursor;
  readonly limit: number;
}

/** Rows served in a span of event time, with their outcomes. */
export async function servedRows(
  { database, predictions }: CommandDeps,
  caller: Caller,
  project: Project,
  name: string,
  filter: RowsFilter,
): Promise<ServedRow[]> {
  assertMay(caller, project, 'read');
  await ownState(database.read, project, name);
  await predictions.flush();
  return predictions.window({ deployment: name, ...filter });
}

/** Rows by version and how they ended, in a span of event time. */
export async function servedCounts(
  { database, predictions }: CommandDeps,
  caller: Caller,
  project: Project,
  name: string,
  span: { readonly from_ms: number; readonly to_ms: number },
): Promise<ServedSummary> {
  assertMay(caller, project, 'read');
  await ownState(database.read, project, name);
  const range = await predictions.range(name);
  const counts = await predictions.served(name, span.from_ms, span.to_ms);
  return { first_ms: range?.first_ms ?? null, last_ms: range?.last_ms ?? null, counts };
}
