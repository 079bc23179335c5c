import { randomBytes } from 'node:crypto';
import type { Assessment, Span, ToldTrace, Trace, TraceState } from '../../features/traces/index.ts';
import type { AnyValue, Attribute, OtlpSpan } from '../otlp/index.ts';
import { invalid } from './refusal.ts';
import { artifactsFolder, artifactsRoot, filled, list } from './runs-mapping.ts';
import { boolean, isWire, maybeText, member, missing, object, read, text, type Wire, wrongType } from './wire.ts';

type Json = Record<string, unknown>;

export const traceNameTag = 'mlflow.traceName';
export const sourceRunKey = 'mlflow.sourceRun';
const spansLocationTag = 'mlflow.trace.spansLocation';
const artifactLocationTag = 'mlflow.artifactLocation';
const finalizedKey = 'mlflow.trace.infoFinalized';
/** These say where the server keeps what, so no client writes them. */
export const ownTags: ReadonlySet<string> = new Set([spansLocationTag, artifactLocationTag, 'mlflow.trace.archiveLocation']);

const states: Readonly<Record<TraceState, string>> = { ok: 'OK', error: 'ERROR', running: 'IN_PROGRESS', unknown: 'STATE_UNSPECIFIED' };

export function stateOf(word: string): TraceState {
  return (Object.entries(states).find(([, name]) => name === word)?.[0] ?? 'unknown') as TraceState;
}

/** Numbers beyond 2^53 stand in JSON as they are. */
const rawJson = (digits: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);

export function traceWire(trace: Trace): Json {
  const { id, experiment, tags, metadata } = trace;
  const own = {
    [artifactLocationTag]: `${artifactsRoot}${experiment}/traces/${id}/${artifactsFolder}`,
    ...(trace.spans > 0 ? { [spansLocationTag]: 'TRACKING_STORE' } : {}),
  };
  return {
    trace_id: id,
    ...filled({ client_request_id: trace.client_request_id }),
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experiment } },
    ...filled({ request_preview: trace.request_preview, response_preview: trace.response_preview }),
    request_time: new Date(trace.started_at_ms).toISOString().replace('.000Z', 'Z'),
    ...(trace.took_ms === null ? {} : { execution_duration: durationWire(trace.took_ms) }),
    state: states[trace.state],
    trace_metadata: trace.told ? { ...metadata, [finalizedKey]: 'true' } : metadata,
    tags: { ...tags, ...own },
    ...list(
      'assessments',
      trace.assessments.map((assessment) => assessmentWire(id, assessment)),
    ),
  };
}

/** As protobuf writes durations: whole seconds, or three digits behind the point. */
function durationWire(took_ms: number): string {
  const rounded_ms = Math.round(took_ms);
  return rounded_ms % 1000 === 0 ? `${rounded_ms / 1000}s` : `${(rounded_ms / 1000).toFixed(3)}s`;
}

/** A map of texts to texts. */
function strings(from: Wire, name: string): Record<string, string> {
  const value = member(from, name) ?? {};
  if (!isWire(value)) throw wrongType(name, value);
  for (const [key, one] of Object.entries(value)) if (typeof one !== 'string') throw wrongType(`${name}.${key}`, one);
  return value as Record<string, string>;
}

/** What a client tells of a trace in V3; times are RFC 3339, durations seconds with an `s`. */
export function toldTrace(info: Wire): ToldTrace {
  const { trace_id, request_time, execution_duration, state, client_request_id, request_preview, response_preview } = read(info, {
    trace_id: text,
    request_time: text,
    execution_duration: text,
    state: text,
    client_request_id: text,
    request_preview: text,
    response_preview: text,
  });
  if (!/^[\w:-]{1,64}$/.test(trace_id))
    throw trace_id === '' ? missing('trace_id') : invalid(`Invalid trace id '${trace_id.slice(0, 80)}'.`);
  const started_at_ms = Date.parse(request_time);
  if (Number.isNaN(started_at_ms))
    throw invalid(`Invalid value '${request_time.slice(0, 80)}' for parameter 'request_time': expected RFC 3339.`);
  const seconds = execution_duration === '' ? null : Number(execution_duration.replace(/s$/, ''));
  if (seconds !== null && !Number.isSafeInteger(Math.round(seconds * 1000)))
    throw invalid(`Invalid value '${execution_duration.slice(0, 80)}' for parameter 'execution_duration'.`);
  const { [finalizedKey]: _, ...metadata } = strings(info, 'trace_metadata');
  return {
    id: trace_id,
    experiment: experimentOf(member(info, 'trace_location')),
    started_at_ms,
    took_ms: seconds === null ? null : seconds * 1000,
    state: stateOf(state),
    client_request_id: client_request_id || null,
    request_preview: request_preview || null,
    response_preview: response_preview || null,
    tags: withoutOwn(strings(info, 'tags')),
    metadata,
  };
}

function withoutOwn(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !ownTags.has(key)));
}

export function experimentOf(location: unknown): string {
  const { mlflow_experiment } = read(isWire(location) ? location : {}, { type: text, mlflow_experiment: object });
  const { experiment_id } = read(mlflow_experiment ?? {}, { experiment_id: maybeText });
  if (experiment_id === null) throw missing('trace_location.mlflow_experiment.experiment_id');
  return experiment_id;
}

const statusNames = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const ownStatuses = ['unset', 'ok', 'error'] as const;
const typeKey = 'mlflow.spanType';

/** Spans by trace, in our form; a trace is called by `tr-` and its hexadecimal id. */
export function spansByTrace(spans: readonly OtlpSpan[]): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  for (const span of spans) {
    const id = `tr-${span.trace_id}`;
    const type = span.attributes.find(({ key }) => key === typeKey)?.value ?? {};
    const own: Span = {
      id: span.span_id,
      parent: span.parent_span_id,
      name: span.name,
      kind: 'string_value' in type ? String(type.string_value) : 'UNKNOWN',
      status: ownStatuses[span.status.code] ?? 'unset',
      started_ns: span.start_time_unix_nano,
      ended_ns: span.end_time_unix_nano,
      content: span,
    };
    const known = found.get(id);
    if (known) known.push(own);
    else found.set(id, [own]);
  }
  return found;
}

/** As protobuf writes it in JSON: ids in base64, 64-bit integers as numbers. */
export function spanWire(content: unknown): Json {
  const span = content as OtlpSpan;
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
  return {
    trace_id: base64(span.trace_id),
    span_id: base64(span.span_id),
    ...(span.parent_span_id === null ? {} : { parent_span_id: base64(span.parent_span_id) }),
    name: span.name,
    start_time_unix_nano: rawJson(span.start_time_unix_nano),
    end_time_unix_nano: rawJson(span.end_time_unix_nano),
    ...list('attributes', span.attributes.map(attributeWire)),
    ...list(
      'events',
      span.events.map(({ time_unix_nano, name, attributes }) => ({
        time_unix_nano: rawJson(time_unix_nano),
        name,
        ...list('attributes', attributes.map(attributeWire)),
      })),
    ),
    ...list(
      'links',
      span.links.map((link) => ({
        trace_id: base64(link.trace_id),
        span_id: base64(link.span_id),
        ...list('attributes', link.attributes.map(attributeWire)),
      })),
    ),
    status: { ...filled({ message: span.status.message }), code: statusNames[span.status.code] ?? statusNames[0] },
  };
}

function attributeWire({ key, value }: Attribute): Json {
  return { key, value: valueWire(value) };
}

function valueWire(value: AnyValue): Json {
  if ('int_value' in value) return { int_value: rawJson(String(value.int_value)) };
  if ('array_value' in value) return { array_value: list('values', value.array_value?.values.map(valueWire) ?? []) };
  if ('kvlist_value' in value) return { kvlist_value: list('values', value.kvlist_value?.values.map(attributeWire) ?? []) };
  return { ...value };
}

const kinds = ['feedback', 'expectation', 'issue'] as const;

const assessmentFields = { assessment_name: text, rationale: text, create_time: text, valid: boolean, source: object };

/** Refuses members of another kind; which of them are there is not judged. */
export function readAssessment(wire: Wire) {
  const told = read(wire, assessmentFields);
  read(told.source ?? {}, { source_type: text, source_id: text });
  strings(wire, 'metadata');
  return told;
}

/** An assessment as it came, with an id; `value` of feedback and expectations is what searches compare with. */
export function assessmentOf(wire: Wire, id?: string): Assessment {
  const { assessment_name } = readAssessment(wire);
  if (assessment_name === '') throw missing('assessment.assessment_name');
  const kind = kinds.find((one) => isWire(member(wire, one)));
  if (!kind) throw invalid("An assessment has one of 'feedback' and 'expectation'.");
  const told = member(wire, kind);
  const value: unknown = isWire(told) ? (told['value'] ?? told['serialized_value'] ?? null) : null;
  const { assessment_id: _, trace_id: __, assessment_name: ___, ...content } = wire;
  return {
    id: id ?? `a-${randomBytes(16).toString('hex')}`,
    name: assessment_name,
    kind,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    content: { valid: true, ...content },
  };
}

export function assessmentWire(trace: string, { id, name, content }: Assessment): Json {
  return { assessment_id: id, assessment_name: name, trace_id: trace, ...(content as Json) };
}

export const linkedPromptsTag = 'mlflow.linkedPrompts';

interface LinkedPrompt {
  readonly name: string;
  readonly version: string;
}

/** The prompts that a trace names in its tag; none where a client left something else there. */
export function promptsOf(json: string | undefined): LinkedPrompt[] {
  const list: unknown = jsonOr(json ?? '[]', []);
  return (Array.isArray(list) ? list.filter(isWire) : []).flatMap(({ name, version }) =>
    typeof name === 'string' && typeof version === 'string' ? [{ name, version }] : [],
  );
}

/** The tag with more prompts, each once, as clients write it too. */
export function linkPrompts(json: string | undefined, more: readonly LinkedPrompt[]): string {
  const all = new Map([...promptsOf(json), ...more].map((prompt) => [`${prompt.name}/${prompt.version}`, prompt]));
  return JSON.stringify([...all.values()]);
}

function jsonOr(json: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return otherwise;
  }
}
