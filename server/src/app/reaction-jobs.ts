import { z } from 'zod';
import type { Approvals } from '../features/approvals/index.ts';
import type { Automations } from '../features/automations/index.ts';
import type { Deployments } from '../features/deployments/index.ts';
import type { Gates } from '../features/gates/index.ts';
import type { Models } from '../features/models/index.ts';
import type { Monitors } from '../features/monitors/index.ts';
import { SlipwayError } from '../kernel/error.ts';
import type { Project } from '../kernel/project.ts';
import type { AnyJob, JobContext, JobDefinition } from '../platform/jobs/index.ts';

export interface ReactionJobsDeps {
  readonly models: Models;
  readonly gates: Gates;
  readonly approvals: Approvals;
  readonly deployments: Deployments;
  readonly monitors: Monitors;
  readonly automations: Automations;
  readonly projectById: (id: string) => Promise<Project>;
  readonly projectNow: (project_id: string) => Promise<number>;
}

const version = z.object({ model: z.string(), version: z.number() });
const breach = z.object({
  metric: z.string(),
  source: z.enum(['realised', 'estimated']),
  value: z.number(),
  limit: z.object({ kind: z.enum(['min', 'max']), value: z.number() }),
});
const minutes_ms = 60_000;

/** What the reactions and schedules of this folder do. Each handler is thin: the rooms decide. */
export function reactionJobs(deps: ReactionJobsDeps): AnyJob[] {
  const projectOf = ({ project_id }: JobContext): Promise<Project> => deps.projectById(project_id ?? '');
  return [
    job('schedules.tick', z.object({}), 10 * minutes_ms, async (_, context) => {
      const project = await projectOf(context);
      const now_ms = await deps.projectNow(project.id);
      await deps.deployments.advanceDue(context.caller, project, now_ms);
      await deps.monitors.evaluateDue(context.caller, project, now_ms);
      await deps.automations.considerAges(project, now_ms);
    }),
    job('gates.judge', version, 20 * minutes_ms, async ({ model, version }, context) => {
      const project = await projectOf(context);
      const { flavor } = await deps.models.version(project, model, version);
      if (flavor !== 'onnx') return;
      for (const gate of await deps.gates.ofModel(project, model)) {
        await deps.gates.evaluate(context.caller, project, { gate: gate.name, model, version });
      }
    }),
    job('approvals.ask', z.object({ version_id: z.string(), gate: z.string() }), minutes_ms, (payload, context) =>
      ask(deps, payload, context),
    ),
    job('deployments.release', version, 5 * minutes_ms, async ({ model, version }, context) =>
      release(deps, await projectOf(context), { model, version }, context),
    ),
    job(
      'automations.consider',
      z.object({ deployment: z.string(), metrics: z.array(breach) }),
      minutes_ms,
      async ({ deployment, metrics }, context) => {
        const occasion = { kind: 'breach', metrics: metrics.map((one) => one.metric), detail: metrics.map(breachText).join('; ') } as const;
        await deps.automations.consider(await projectOf(context), deployment, occasion, context.caller.cause);
      },
    ),
  ];
}

function breachText({ metric, source, value, limit }: z.infer<typeof breach>): string {
  const side = limit.kind === 'max' ? 'above' : 'below';
  return `the ${source} ${metric} of ${Number(value.toPrecision(3))} is ${side} ${limit.value}`;
}

function job<P>(
  name: string,
  payload: z.ZodType<P>,
  timeout_ms: number,
  handle: (payload: P, context: JobContext) => Promise<void>,
): JobDefinition<P> {
  return { name, payload, attempts: 3, timeout_ms, handle };
}

/**
 * Asks for every approval that the gate's newest verdict wants, and takes back what was asked on its older ones, whatever the newest
 * says. Whoever asked for the version is not its second person.
 */
async function ask(
  { models, gates, approvals, projectById }: ReactionJobsDeps,
  { version_id, gate }: { version_id: string; gate: string },
  context: JobContext,
): Promise<void> {
  const project = await projectById(context.project_id ?? '');
  const [version, verdict] = await Promise.all([models.versionById(version_id), gates.newest(version_id, gate)]);
  if (!verdict) return;
  const { items: all } = await gates.verdicts(context.caller, project, { model: version.model, version: version.number });
  const older = all.filter((one) => one.gate === gate && one.event < verdict.event).map((one) => one.event);
  await approvals.withdraw(context.caller, project, version_id, older);
  if (verdict.result !== 'needs approval') return;
  for (const [environment, needed] of Object.entries(verdict.approvals)) {
    if (needed === 0) continue;
    await approvals.request(context.caller, project, {
      version_id,
      model: version.model,
      version: version.number,
      environment,
      verdict_event: verdict.event,
      evidence_digest: verdict.evidence_digest,
      needed,
      excluded: version.person === null ? [] : [version.person],
    });
  }
}

/**
 * Rolls the version out in every deployment of its model that its gate and approvals open by now. By itself a deployment goes
 * forward only: a version that is judged once more takes the place of no newer one. Going back is for people.
 */
async function release(
  deps: ReactionJobsDeps,
  project: Project,
  { model, version }: { model: string; version: number },
  context: JobContext,
): Promise<void> {
  const all = await deps.deployments.list(context.caller, project);
  const failed: unknown[] = [];
  for (const { name, champion, rollout } of all.filter((deployment) => deployment.model === model && !deployment.retired)) {
    if (version < (rollout?.version ?? champion ?? 0)) continue;
    const { items: rollouts } = await deps.deployments.rollouts(context.caller, project, name);
    const last = rollouts.find((one) => one.model === model && one.version === version);
    // What was taken off comes back by a person's `deploy` only: a verdict given again is no answer to why it was taken off.
    if (last?.state === 'rolled back') continue;
    try {
      await deps.deployments.roll(context.caller, project, { deployment: name, version });
    } catch (error) {
      // Another environment still waits for its own approvals; the event of those comes here again.
      if (!(error instanceof SlipwayError) || error.code !== 'not_released') failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
}
