import type { Trace } from '../../features/traces/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Incoming, Route } from '../../platform/http/index.ts';
import { spansOfJson, spansOfProtobuf } from '../otlp/index.ts';
import { inExperiment } from './experiments-routes.ts';
import { assertName } from './names.ts';
import { invalid, inWordsOf, refusal } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { list } from './runs-mapping.ts';
import { pageSize } from './runs-wire.ts';
import { spansByTrace, spanWire } from './span-content.ts';
import {
  experimentOf,
  linkedPromptsTag,
  linkPrompts,
  ownTags,
  sourceRunKey,
  toldTrace,
  traceNameTag,
  traceWire,
} from './traces-mapping.ts';
import { traceOrder, traceTests } from './traces-search.ts';
import { integer, isWire, member, missing, needed, object, objects, read, text, texts, type Wire } from './wire.ts';

const trace_id = needed(text);
const pageUsual = 100;
const pageMost = 500;
const batchMost = 100;
const deletedMost = 1000;
const tagKey_chars = 250;
const tagValue_chars = 4096;

export function inTrace<T>(id: string, work: () => Promise<T>): Promise<T> {
  return inWordsOf({ not_found: `Trace with ID '${id}' not found.` }, work);
}

function tracesOf(incoming: { readonly wire: Wire }): string[] {
  const ids = member(incoming.wire, 'trace_ids');
  const all = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : typeof ids === 'string' ? [ids] : [];
  if (all.length === 0) throw missing('trace_ids');
  if (all.length > batchMost) throw invalid(`At most ${batchMost} traces are fetched at once. Got ${all.length}.`);
  return all;
}

export function tracesRoutes({ traces, runs }: MlflowDeps, { route, raw }: Routing): Route[] {
  const own = (caller: Caller, project: Project, id: string): Promise<string> =>
    inExperiment(id, async (one) => (await runs.getExperiment(caller, project, one)).id);
  const whole = async (caller: Caller, project: Project, trace: Trace) => ({
    trace_info: traceWire(trace),
    spans: (await traces.spans(caller, project, trace.id)).map(spanWire),
  });
  const setTag = async ({
    caller,
    project,
    asked,
  }: {
    caller: Caller;
    project: Project;
    asked: { trace_id: string; key: string; value: string };
  }) => {
    assertName(asked.key, 'key');
    assertOpen(asked.key, 'set');
    if (asked.key.length > tagKey_chars) throw invalid(`'key' exceeds the maximum length of ${tagKey_chars} characters`);
    const tags = { [asked.key]: asked.value.slice(0, tagValue_chars) };
    await inTrace(asked.trace_id, () => traces.setTags(caller, project, asked.trace_id, tags));
    return {};
  };
  const deleteTag = async ({ caller, project, asked }: { caller: Caller; project: Project; asked: { trace_id: string; key: string } }) => {
    assertOpen(asked.key, 'deleted');
    await inTrace(asked.trace_id, () => traces.get(caller, project, asked.trace_id));
    await inWordsOf({ not_found: `No trace tag with key '${asked.key}' for trace with ID '${asked.trace_id}'` }, () =>
      traces.deleteTag(caller, project, asked.trace_id, asked.key),
    );
    return {};
  };
  const deleting = async ({
    caller,
    project,
    asked,
  }: {
    caller: Caller;
    project: Project;
    asked: { experiment_id: string; request_ids: readonly string[]; max_timestamp_millis: number | null; max_traces: number | null };
  }) => {
    const { request_ids: ids, max_timestamp_millis } = asked;
    if (ids.length > 0 === (max_timestamp_millis !== null))
      throw invalid('Either `max_timestamp_millis` or `trace_ids` must be specified, but not both.');
    if (ids.length > deletedMost) throw invalid(`At most ${deletedMost} traces are deleted at once. Got ${ids.length}.`);
    const experiment = await own(caller, project, asked.experiment_id);
    const which =
      ids.length > 0 ? { ids } : { before_ms: max_timestamp_millis ?? 0, ...(asked.max_traces === null ? {} : { most: asked.max_traces }) };
    return { traces_deleted: await traces.delete(caller, project, { experiment, ...which }) };
  };
  const deletion = { experiment_id: needed(text), request_ids: texts, max_timestamp_millis: integer, max_traces: integer };
  const tag = { trace_id, key: needed(text), value: text };

  return [
    ...route('startTrace', { trace: object }, async ({ caller, project, asked }) => {
      if (asked.trace === null) throw missing('trace');
      const info = member(asked.trace, 'trace_info');
      if (!isWire(info)) throw missing('trace.trace_info');
      const told = toldTrace(info);
      const experiment = await own(caller, project, told.experiment);
      const made = await inWordsOf(
        { already_exists: refusal('RESOURCE_ALREADY_EXISTS', `Trace with ID '${told.id}' exists elsewhere.`) },
        () => traces.tell(caller, project, { ...told, experiment }),
      );
      return { trace: { trace_info: traceWire(made) } };
    }),
    ...raw('exportSpans', async ({ caller, project, request, reply }: Incoming<unknown, unknown, unknown>) => {
      const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
      if (type !== 'application/x-protobuf' && type !== 'application/json') {
        throw invalid(`Invalid Content-Type: ${type}. Expected: application/x-protobuf or application/json`);
      }
      const header = request.headers['x-mlflow-experiment-id'];
      if (typeof header !== 'string') throw missing('x-mlflow-experiment-id');
      const experiment = await own(caller, project, header);
      const chunks: Buffer[] = [];
      for await (const chunk of request.stream) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const spans = spansByTrace(type === 'application/json' ? spansOfJson(bytes) : spansOfProtobuf(bytes));
      const run = request.headers['x-mlflow-run-id'];
      const metadata = typeof run === 'string' ? { [sourceRunKey]: run } : {};
      await traces.addSpans(caller, project, { experiment, spans, nameTag: traceNameTag, metadata });
      reply.setHeader('content-type', type);
      return type === 'application/json' ? '{}' : '';
    }),
    ...route('getTraceInfo', { trace_id }, async ({ caller, project, asked }) => ({
      trace: { trace_info: traceWire(await inTrace(asked.trace_id, () => traces.get(caller, project, asked.trace_id))) },
    })),
    ...route('getTrace', { trace_id, allow_partial: text }, async ({ caller, project, asked }) => ({
      trace: await whole(caller, project, await inTrace(asked.trace_id, () => traces.get(caller, project, asked.trace_id))),
    })),
    ...route('getTraces', { trace_ids: texts }, async (incoming) => {
      const { caller, project } = incoming;
      const found = await traces.some(caller, project, tracesOf(incoming));
      return list('traces', await Promise.all(found.map((trace) => whole(caller, project, trace))));
    }),
    ...route('getTraceInfos', { trace_ids: texts }, async (incoming) => {
      const found = await traces.some(incoming.caller, incoming.project, tracesOf(incoming));
      return list(
        'trace_infos',
        found.map((trace) => traceWire(trace)),
      );
    }),
    ...route(
      'searchTraces',
      { locations: objects, filter: text, max_results: integer, order_by: texts, page_token: text },
      async ({ caller, project, asked }) => {
        if (asked.locations.length === 0) throw missing('locations');
        if (asked.locations.length > batchMost)
          throw invalid(`A search takes at most ${batchMost} locations. Got ${asked.locations.length}.`);
        const experiments = await Promise.all(asked.locations.map((location) => own(caller, project, experimentOf(location))));
        const limit = pageSize(asked.max_results, pageUsual, pageMost);
        const query = {
          experiments,
          tests: await traceTests(asked.filter, (field) => traces.valuesOf(caller, project, experiments, field)),
          words: asked.filter,
          order: traceOrder(asked.order_by),
          limit,
          ...(asked.page_token === '' ? {} : { cursor: asked.page_token }),
        };
        const told = { invalid_input: invalid('Invalid page token: it is not of this search, or no page token at all.') };
        const { items, next } = await inWordsOf(told, () => traces.search(caller, project, query));
        return {
          ...list(
            'traces',
            items.map((trace) => traceWire(trace)),
          ),
          ...(next === null ? {} : { next_page_token: next }),
        };
      },
    ),
    ...route('deleteTraces', deletion, deleting),
    ...route('deleteTracesOld', deletion, deleting),
    ...route('setTraceTag', tag, setTag),
    ...route('setTraceTagOld', tag, setTag),
    ...route('deleteTraceTag', { trace_id, key: needed(text) }, deleteTag),
    ...route('deleteTraceTagOld', { trace_id, key: needed(text) }, deleteTag),
    ...route('linkTracesToRun', { trace_ids: needed(texts), run_id: needed(text) }, async (incoming) => {
      const { caller, project, asked } = incoming;
      const ids = tracesOf(incoming);
      await traces.setMetadata(caller, project, ids, { [sourceRunKey]: asked.run_id });
      return {};
    }),
    ...route('linkPromptsToTrace', { trace_id, prompt_versions: needed(objects) }, async ({ caller, project, asked }) => {
      const prompts = asked.prompt_versions.map((wire, at) => {
        const path = `prompt_versions[${at}]`;
        const { name, version } = read(wire, { name: text, version: text });
        if (name === '' || !/^\d{1,9}$/.test(version))
          throw invalid(`Invalid value for parameter '${path}': a name and the number of a version.`);
        return { name, version };
      });
      const { tags } = await inTrace(asked.trace_id, () => traces.get(caller, project, asked.trace_id));
      const linked = linkPrompts(tags[linkedPromptsTag], prompts);
      if (linked.length > tagValue_chars) throw invalid(`A trace links at most as many prompts as fit into ${tagValue_chars} characters.`);
      await inTrace(asked.trace_id, () => traces.setTags(caller, project, asked.trace_id, { [linkedPromptsTag]: linked }));
      return {};
    }),
  ];
}

function assertOpen(key: string, what: 'set' | 'deleted'): void {
  if (ownTags.has(key)) throw invalid(`Tag '${key}' is immutable and cannot be ${what} on a trace.`);
}
