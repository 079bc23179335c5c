import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { SlipwayEvent } from '../../platform/events/index.ts';
import type { ReportsDeps } from './context.ts';
import { type Refusal, type SummaryFigures, sentencesOf } from './summary.ts';

export interface Summary {
  readonly deployment: string | null;
  readonly figures: SummaryFigures;
  readonly sentences: readonly string[];
}

/** What became of a project, or of one deployment and its model, read from what was served and from the events. */
export async function summary(deps: ReportsDeps, caller: Caller, project: Project, deployment: string | null): Promise<Summary> {
  assertMay(caller, project, 'read');
  const facts = deployment === null ? null : await deps.deploymentFacts(project, deployment);
  if (deployment !== null && !facts) throw failure('not_found', { what: 'deployment', name: deployment });
  const of = (type: string) => eventsOf(deps, project, type, (event) => belongs(event, deployment, facts?.model ?? null));
  const registered = await of('model-version.registered');
  const refused = await of('gate.failed');
  const executions = await of('execution.succeeded');
  const figures: SummaryFigures = {
    ...(await countServed(deps, deployment === null ? await deps.deploymentNames(project) : [deployment])),
    versions: registered.length,
    promotions: (await of('deployment.promoted')).length,
    rollbacks: (await of('deployment.rolled-back')).length,
    retrainings: (await of('retraining.decided')).length,
    incidents: { opened: (await of('incident.opened')).length, resolved: (await of('incident.resolved')).length },
    investigations: (await of('investigation.opened')).length,
    cpu_s: executions.reduce((sum, event) => sum + numberOf(event, 'cpu_ms'), 0) / 1000,
    gates: {
      passed: (await of('gate.passed')).length + (await of('gate.needs-approval')).length,
      refused: refused.map(refusalOf),
    },
  };
  return { deployment, figures, sentences: sentencesOf(figures, deployment ?? project.name) };
}

/** How often the loop turned since the project began. */
export interface Turns {
  readonly retrainings: number;
  readonly promotions: number;
  readonly rollbacks: number;
}

const turnTypes = { retrainings: 'retraining.decided', promotions: 'deployment.promoted', rollbacks: 'deployment.rolled-back' } as const;

/** Counted by the database: unlike the summary it reads no event and no row that was served, so Home may ask for it. */
export async function turns({ events }: ReportsDeps, caller: Caller, project: Project): Promise<Turns> {
  assertMay(caller, project, 'read');
  const counts = await events.count(project.id, Object.values(turnTypes));
  const of = (turn: keyof Turns) => counts.get(turnTypes[turn]) ?? 0;
  return { retrainings: of('retrainings'), promotions: of('promotions'), rollbacks: of('rollbacks') };
}

async function countServed({ predictions }: ReportsDeps, names: readonly string[]) {
  const served = { ok: 0, refused: 0, failed: 0 };
  let outcomes = 0;
  for (const name of names) {
    for (const count of await predictions.served(name, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
      served[count.status] += count.rows;
      if (count.status === 'ok') outcomes += count.outcomes;
    }
  }
  return { served, outcomes };
}

const pageEvents = 500;
const pagesLimit = 20;

/** The newest 10,000 at most, oldest first. */
async function eventsOf({ events }: ReportsDeps, project: Project, type: string, keep: (event: SlipwayEvent) => boolean) {
  const found: SlipwayEvent[] = [];
  for (let page = 0, before: number | undefined; page < pagesLimit; page++) {
    const filter = { project_id: project.id, type, order: 'newest' as const, limit: pageEvents };
    const events_ = await events.list(before === undefined ? filter : { ...filter, before });
    found.push(...events_.filter(keep));
    before = events_.at(-1)?.number;
    if (events_.length < pageEvents) break;
  }
  return found.reverse();
}

function memberOf({ after }: SlipwayEvent, name: string): unknown {
  return typeof after === 'object' && after !== null && Object.hasOwn(after, name) ? (after as Record<string, unknown>)[name] : undefined;
}

function numberOf(event: SlipwayEvent, name: string): number {
  const value = memberOf(event, name);
  return typeof value === 'number' ? value : 0;
}

/** An event says which deployment, or at least which model, it is about; one that says neither is of the whole project. */
function belongs(event: SlipwayEvent, deployment: string | null, model: string | null): boolean {
  if (deployment === null) return true;
  const own = memberOf(event, 'deployment');
  if (own !== undefined) return own === deployment;
  const about = memberOf(event, 'model');
  return about === undefined || about === model;
}

function refusalOf(event: SlipwayEvent): Refusal {
  const [model, version] = [memberOf(event, 'model'), memberOf(event, 'version')];
  return {
    model: typeof model === 'string' ? model : event.subject,
    version: typeof version === 'number' ? version : null,
    reason: event.note ?? event.type,
  };
}
