import type { ToldTrace, Trace, TraceState } from '../../features/traces/index.ts';
import { assessmentWire } from './assessments-mapping.ts';
import { invalid } from './refusal.ts';
import { artifactsFolder, artifactsRoot, filled, list } from './runs-mapping.ts';
import { isWire, maybeText, member, missing, object, read, stringsOf, text, type Wire } from './wire.ts';

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
  const { [finalizedKey]: _, ...metadata } = stringsOf(info, 'trace_metadata');
  return {
    id: trace_id,
    experiment: experimentOf(member(info, 'trace_location')),
    started_at_ms,
    took_ms: seconds === null ? null : seconds * 1000,
    state: stateOf(state),
    client_request_id: client_request_id || null,
    request_preview: request_preview || null,
    response_preview: response_preview || null,
    tags: withoutOwn(stringsOf(info, 'tags')),
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
