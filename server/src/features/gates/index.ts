import { assertMay, type Caller } from '../../kernel/caller.ts';
import { numberAt, type Page, type PageAsk, pageOf } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import { type Definition, type DefinitionCommands, definitionCommands } from '../../platform/definitions/index.ts';
import type { ModelVersion, ReleasePermit } from '../models/index.ts';
import type { GateDefinition, Verdict } from './gate.ts';
import { evaluate, type GatesDeps, type GrantedApproval, gateDefinitions, permitFor } from './gates.ts';
import { listVerdicts, newestVerdict, type VerdictFilter } from './gates-store.ts';

export type {
  BoundCriterion,
  ChampionCriterion,
  Criterion,
  Evidence,
  GateDefinition,
  Margin,
  OutputCriterion,
  Result,
  SliceCriterion,
  Verdict,
} from './gate.ts';
export type { GatesDeps, GrantedApproval } from './gates.ts';
export { createMeasure, type Measure, type MeasureDeps, modelFile } from './measure.ts';

/** Policies set ahead, and the verdicts on versions with every figure kept. */
export interface Gates extends DefinitionCommands<GateDefinition> {
  /** The gates that judge a model. */
  ofModel(project: Project, model: string): Promise<Definition<GateDefinition>[]>;
  evaluate(caller: Caller, project: Project, input: { gate: string; model: string; version: number }): Promise<Verdict>;
  /** Newest first. */
  verdicts(caller: Caller, project: Project, filter: VerdictFilter & Partial<PageAsk>): Promise<Page<Verdict>>;
  newest(version_id: string, gate?: string): Promise<Verdict | null>;
  /** Refuses with `not_released`, saying what is missing. */
  permitFor(
    project: Project,
    version: ModelVersion,
    asked: { gate: string; environment: string; granted: readonly GrantedApproval[] },
  ): Promise<ReleasePermit>;
}

export function createGates(deps: GatesDeps): Gates {
  const { database } = deps;
  const definitions = gateDefinitions(deps);
  return {
    ...definitionCommands(database, definitions, 'admin'),
    async ofModel(project, model) {
      return (await definitions.list(project)).filter((gate) => !gate.retired && gate.definition.model === model);
    },
    evaluate: (caller, project, input) => evaluate(deps, caller, project, input),
    async verdicts(caller, project, { cursor, limit = 200, ...filter }) {
      assertMay(caller, project, 'read');
      const before = cursor === undefined ? {} : { before: numberAt(cursor) };
      return pageOf(await listVerdicts(database.read, project.id, { ...filter, ...before, limit }), limit, (last) => last.event);
    },
    newest: (version_id, gate) => newestVerdict(database.read, version_id, gate),
    permitFor: (project, version, asked) => permitFor(deps, project, version, asked),
  };
}
