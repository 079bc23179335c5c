import { randomBytes } from 'node:crypto';
import type { Assessment } from '../../features/traces/index.ts';
import { invalid } from './refusal.ts';
import { isWire, member, missing, object, pythonDumps, read, stringsOf, text, type Wire } from './wire.ts';

type Json = Record<string, unknown>;

const kinds = ['feedback', 'expectation', 'issue'] as const;

/** Refuses members of another kind; which of them are there is not judged. */
export function readAssessment(wire: Wire) {
  const told = read(wire, { assessment_name: text, rationale: text, create_time: text, overrides: text, source: object });
  read(told.source ?? {}, { source_type: text, source_id: text });
  stringsOf(wire, 'metadata');
  return told;
}

const timeOf = (now_ms: number): string => new Date(now_ms).toISOString();

/** A new assessment, which always counts; `value` of feedback and expectations is what searches compare with. */
export function assessmentOf(wire: Wire, now_ms: number): Assessment {
  const { assessment_name, overrides, source } = readAssessment(wire);
  if (assessment_name === '') throw missing('assessment.assessment_name');
  const kind = kinds.find((one) => isWire(member(wire, one)));
  if (!kind) throw invalid("An assessment has one of 'feedback' and 'expectation'.");
  const time = timeOf(now_ms);
  const { assessment_id: _, trace_id: __, assessment_name: ___, overrides: ____, valid: _____, ...rest } = wire;
  const content = { create_time: time, last_update_time: time, ...rest, source: source ?? { source_type: 'SOURCE_TYPE_UNSPECIFIED' } };
  const id = `a-${randomBytes(16).toString('hex')}`;
  return { id, name: assessment_name, kind, overrides: overrides || null, valid: true, ...saidOf(kind, member(wire, kind), content) };
}

/** What was said, in MLflow's form: an expectation that is no single value is the text of its JSON. */
function saidOf(kind: Assessment['kind'], told: unknown, content: Json): Pick<Assessment, 'value' | 'content'> {
  const said = isWire(told) ? told : {};
  const serialized = member(said, 'serialized_value');
  const value = isWire(serialized) ? (serialized['value'] ?? null) : (said['value'] ?? null);
  const isParts = kind === 'expectation' && typeof value === 'object' && value !== null;
  const whole = isParts
    ? { serialized_value: { serialization_format: 'JSON_FORMAT', value: pythonDumps(value) } }
    : isWire(serialized)
      ? said
      : { ...said, value };
  return {
    value: typeof value === 'string' ? value : JSON.stringify(value),
    content: { ...content, [kind]: kind === 'issue' ? said : whole },
  };
}

const snake = (name: string): string => name.trim().replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const article = (kind: string): string => `${kind === 'expectation' ? 'an' : 'a'} ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

/** What the mask names is changed, metadata one by one; source and kind stay (mlflow/store/tracking/sqlalchemy_store.py). */
export function changedAssessment(known: Assessment, change: Wire, update_mask: string, now_ms: number): Assessment {
  const { assessment_name, rationale } = readAssessment(change);
  const fields = new Set(update_mask.split(',').map(snake));
  for (const kind of ['expectation', 'feedback'] as const) {
    if (fields.has(kind) && known.kind !== kind) throw invalid(`Cannot update ${kind} value on ${article(known.kind)} assessment.`);
  }
  const before = known.content as Json;
  const content = {
    ...before,
    ...(fields.has('rationale') ? { rationale } : {}),
    ...(fields.has('metadata') ? { metadata: { ...stringsOf(before, 'metadata'), ...stringsOf(change, 'metadata') } } : {}),
    last_update_time: timeOf(now_ms),
  };
  return {
    ...known,
    name: (fields.has('assessment_name') && assessment_name) || known.name,
    ...(fields.has(known.kind) ? saidOf(known.kind, member(change, known.kind), content) : { content }),
  };
}

export function assessmentWire(trace: string, { id, name, overrides, valid, content }: Assessment): Json {
  return {
    ...(content as Json),
    assessment_id: id,
    assessment_name: name,
    trace_id: trace,
    valid,
    ...(overrides === null ? {} : { overrides }),
  };
}
