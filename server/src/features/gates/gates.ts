import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { digestOf } from '../../kernel/digest.ts';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Definitions, DefinitionsOf } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { assertServable, type Models, type ModelVersion, type ReleasePermit } from '../models/index.ts';
import type { Runs } from '../runs/index.ts';
import { judge, judgeOrder, judgeWithoutTable, type Reported, resultOf, takesReported } from './decide.ts';
import type { Evidence, GateDefinition, Verdict } from './gate.ts';
import { insertVerdict, newestVerdict } from './gates-store.ts';
import type { Measure } from './measure.ts';

export interface GatesDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly models: Models;
  readonly runs: Pick<Runs, 'getRun'>;
  readonly measure: Measure;
  readonly clock: Clock;
}

export function gateDefinitions(deps: Pick<GatesDeps, 'definitions'>): DefinitionsOf<GateDefinition> {
  return deps.definitions.of<GateDefinition>('gate');
}

/**
 * Measures a version against everything its gate asks for and keeps every figure. The verdict is on this version, this
 * revision of the gate and this evidence; measuring again makes another verdict, and approvals of the old one do not count for it.
 */
export async function evaluate(
  deps: GatesDeps,
  caller: Caller,
  project: Project,
  input: { gate: string; model: string; version: number },
): Promise<Verdict> {
  assertMay(caller, project, 'write');
  const gate = await gateDefinitions(deps).get(project, input.gate);
  if (gate.definition.model !== input.model) {
    throw failure('invalid_input', {
      field: 'model',
      expected: `${gate.definition.model}, which gate ${gate.name} judges`,
      got: input.model,
    });
  }
  const version = await deps.models.version(project, input.model, input.version);
  assertServable(version);
  const champion = await championOf(deps, project, version);
  const early = judgeOrder(gate, version.started_event);
  const evidence =
    early.length > 0
      ? early
      : await judged(deps, gate.definition.criteria, version, champion, await reportedOf(deps, caller, project, gate.definition, version));
  return keepVerdict(deps, caller, project, { gate, version, champion, evidence });
}

async function judged(
  { measure }: GatesDeps,
  criteria: GateDefinition['criteria'],
  version: ModelVersion,
  champion: ModelVersion | null,
  reported: Reported,
): Promise<Evidence[]> {
  if (Object.keys(version.outputs).length === 0) return judgeWithoutTable(criteria, reported);
  return judge(criteria, await measure(criteria, version, champion), reported);
}

async function reportedOf(
  { runs }: GatesDeps,
  caller: Caller,
  project: Project,
  { criteria }: GateDefinition,
  { run_id }: ModelVersion,
): Promise<Reported> {
  if (run_id === null || !criteria.some(takesReported)) return new Map();
  const metrics = await runs.getRun(caller, project, run_id).then((run) => run.metrics, noneOfNobody);
  return new Map(metrics.filter(({ value }) => !Number.isNaN(value)).map(({ key, value }) => [key, value]));
}

/** A client may have named a run of another server. */
function noneOfNobody(error: unknown): [] {
  if (error instanceof SlipwayError && error.code === 'not_found') return [];
  throw error;
}

async function championOf({ models }: GatesDeps, project: Project, version: ModelVersion): Promise<ModelVersion | null> {
  const number = (await models.aliases(project, version.model)).get('champion');
  return number === undefined || number === version.number ? null : models.version(project, version.model, number);
}

interface Judged {
  readonly gate: { readonly name: string; readonly revision: number; readonly definition: GateDefinition };
  readonly version: ModelVersion;
  readonly champion: ModelVersion | null;
  readonly evidence: readonly Evidence[];
}

async function keepVerdict({ database, events, clock }: GatesDeps, caller: Caller, project: Project, judged: Judged): Promise<Verdict> {
  const { gate, version, champion, evidence } = judged;
  const result = resultOf(evidence, gate.definition.approvals);
  const verdict = {
    id: newId('vdt'),
    gate: gate.name,
    gate_revision: gate.revision,
    version_id: version.id,
    model: version.model,
    version: version.number,
    champion: champion?.number ?? null,
    result,
    approvals: gate.definition.approvals,
    evidence,
    evidence_digest: digestOf({ gate: gate.name, revision: gate.revision, version: version.digest, evidence }),
    created_at_ms: clock.now(),
  };
  return database.write(async (tx) => {
    const event = await events.emit(tx, caller, {
      project_id: project.id,
      type: eventTypes[result],
      subject: `model ${version.model}`,
      note: noteOf(verdict),
      after: { verdict: verdict.id, gate: gate.name, version_id: version.id, model: version.model, version: version.number, result },
    });
    const kept = { ...verdict, event };
    await insertVerdict(tx, project.id, kept);
    return kept;
  });
}

const eventTypes = { pass: 'gate.passed', fail: 'gate.failed', 'needs approval': 'gate.needs-approval' } as const;

function noteOf({ gate, model, version, evidence }: Omit<Verdict, 'event'>): string {
  const broken = evidence.filter((one) => !one.holds);
  if (broken.length === 0) return `Gate ${gate} let version ${version} of ${model} pass: ${evidence.length} figures hold.`;
  return `Gate ${gate} refused version ${version} of ${model}: ${broken.map((one) => one.reason).join(' ')}`;
}

export interface GrantedApproval {
  readonly event: number;
  readonly evidence_digest: string;
  readonly environment: string;
}

/**
 * A permit for a version in an environment, or why there is none: the newest verdict must be by the gate as it is now and hold, and
 * its approvals be granted. Who tightens a gate means everything that is not out yet.
 */
export async function permitFor(
  deps: GatesDeps,
  project: Project,
  version: ModelVersion,
  asked: { readonly gate: string; readonly environment: string; readonly granted: readonly GrantedApproval[] },
): Promise<ReleasePermit> {
  const name = `version ${version.number} of ${version.model}`;
  const [gate, verdict] = await Promise.all([
    gateDefinitions(deps).get(project, asked.gate),
    newestVerdict(deps.database.read, version.id, asked.gate),
  ]);
  if (!verdict) throw failure('not_released', { version: name, reason: `gate ${asked.gate} has not judged it yet` });
  if (verdict.result === 'fail') throw failure('not_released', { version: name, reason: `gate ${asked.gate} refused it` });
  if (verdict.gate_revision !== gate.revision) {
    throw failure('not_released', {
      version: name,
      reason: `gate ${asked.gate} was changed by event ${gate.changed_event}, and its verdict is older: train again under the gate as it is now`,
    });
  }
  const needed = verdict.approvals[asked.environment] ?? 0;
  const granted = asked.granted.filter((one) => one.evidence_digest === verdict.evidence_digest && one.environment === asked.environment);
  if (needed > 0 && granted.length === 0) {
    throw failure('not_released', {
      version: name,
      reason: `it still needs ${needed} approval${needed === 1 ? '' : 's'} for ${asked.environment}`,
    });
  }
  return { verdict_event: verdict.event, approval_events: granted.map((one) => one.event) };
}
