import { assertMay, type Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import { numberAt, pageOf } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import { type Definition, type DefinitionCommands, type Definitions, definitionCommands } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Pipelines } from '../pipelines/index.ts';
import { type DecisionRecord, insertDecision, lastStart, listDecisions } from './automations-store.ts';
import { type Decision, decide, type Occasion, type RetrainingDefinition } from './retraining.ts';

export type { DecisionRecord } from './automations-store.ts';
export type { Occasion, RetrainingDefinition, Trigger } from './retraining.ts';

export interface AutomationsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly pipelines: Pick<Pipelines, 'live' | 'cpuHoursSince' | 'startIn'>;
  readonly projectNow: (project_id: string) => Promise<number>;
  /** When the champion of a deployment was made, in the project's time; null without one. */
  readonly championSince: (project: Project, deployment: string) => Promise<number | null>;
  /** Who started the server's reactions on behalf of a policy. */
  readonly onBehalf: (person: string | null, cause: number | null) => Caller;
}

/** Policies that train again by themselves, and every decision they took or did not take. */
export interface Automations extends DefinitionCommands<RetrainingDefinition> {
  decisions(
    caller: Caller,
    project: Project,
    page: { readonly cursor?: string; readonly limit: number },
  ): Promise<{ items: readonly DecisionRecord[]; next: string | null }>;
  /** Lets every policy of the deployment decide on an occasion. */
  consider(project: Project, deployment: string, occasion: Occasion, cause: number | null): Promise<void>;
  /** Lets the policies with an age trigger decide, when their champion is old enough. */
  considerAges(project: Project, now_ms: number): Promise<void>;
}

const month_ms = 30 * 86_400_000;

export function createAutomations(deps: AutomationsDeps): Automations {
  const { database } = deps;
  const definitions = deps.definitions.of<RetrainingDefinition>('retraining');
  return {
    ...definitionCommands(database, definitions, 'admin'),
    async decisions(caller, project, { cursor, limit }) {
      assertMay(caller, project, 'read');
      const before = cursor === undefined ? {} : { before: numberAt(cursor) };
      const items = await listDecisions(database.read, project.id, { ...before, limit });
      return pageOf(items, limit, (last) => last.event);
    },
    async consider(project, deployment, occasion, cause) {
      for (const policy of await definitions.list(project)) {
        if (!policy.retired && policy.definition.deployment === deployment) await considerPolicy(deps, project, policy, occasion, cause);
      }
    },
    async considerAges(project, now_ms) {
      for (const policy of await definitions.list(project)) {
        if (policy.retired || !policy.definition.when.some((trigger) => trigger.kind === 'age')) continue;
        const since_ms = await deps.championSince(project, policy.definition.deployment);
        if (since_ms !== null) await considerPolicy(deps, project, policy, { kind: 'age', age_ms: now_ms - since_ms }, null);
      }
    },
  };
}

async function considerPolicy(
  deps: AutomationsDeps,
  project: Project,
  policy: Definition<RetrainingDefinition>,
  occasion: Occasion,
  cause: number | null,
): Promise<void> {
  const { pipeline } = policy.definition;
  const now_ms = await deps.projectNow(project.id);
  const decision = decide(policy.definition, occasion, {
    now_ms,
    lastStart_ms: await lastStart(deps.database.read, project.id, policy.name),
    isRunning: (await deps.pipelines.live(project, pipeline)) !== null,
    cpu_ms: (await deps.pipelines.cpuHoursSince(project, pipeline, now_ms - month_ms)) * 3_600_000,
  });
  // An age that is due stays due every day of the cooldown: only what starts is worth a line.
  if (decision === null || (decision.action === 'skip' && occasion.kind === 'age')) return;
  await deps.database.write(async (tx) => {
    const event = await noteIn(deps, tx, project, policy, decision, now_ms, cause);
    // In the same write: a start that was noted and did not happen would hold the next one back for a whole cooldown.
    if (decision.action === 'start')
      await deps.pipelines.startIn(tx, deps.onBehalf(policy.person, event), project, { pipeline, clock_ms: now_ms });
  });
}

async function noteIn(
  { events, onBehalf }: AutomationsDeps,
  tx: Handle,
  project: Project,
  policy: Definition<RetrainingDefinition>,
  { action, trigger, reason }: Decision,
  clock_ms: number,
  cause: number | null,
): Promise<number> {
  const { pipeline } = policy.definition;
  const event = await events.emit(tx, onBehalf(policy.person, cause), {
    project_id: project.id,
    type: action === 'start' ? 'retraining.decided' : 'retraining.skipped',
    subject: `retraining ${policy.name}`,
    note: action === 'start' ? `Retraining ${policy.name} starts ${pipeline}: ${reason}.` : `Retraining ${policy.name} waits: ${reason}.`,
    after: { trigger, reason, pipeline },
  });
  await insertDecision(tx, project.id, { id: newId('rtd'), policy: policy.name, trigger, action, reason, clock_ms, event });
  return event;
}
