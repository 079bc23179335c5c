import type { Readable } from 'node:stream';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Blobs, Range } from '../../platform/blobs/index.ts';
import { type Database, type Handle, searchPage } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { type Assessment, type Span, type ToldTrace, type Trace, traceOfSpans } from './trace.ts';
import * as store from './traces-store.ts';

export type { Assessment, Span, ToldTrace, Trace, TraceState } from './trace.ts';
export type { TraceField, TraceQuery, TraceTest } from './traces-store.ts';

export interface TracesDeps {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly events: Events;
  readonly clock: Clock;
}

interface File {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

export type Traces = ReturnType<typeof createTraces>;

const noAssessment = (id: string) => failure('not_found', { what: 'assessment', name: id });

const spansTogether = 10_000;
const deletedTogether = 1000;
const valuesTogether = 10_000;

/** Traces: facts of the data plane like predictions, counted and searched, with no event each but for their deletion. */
export function createTraces({ database, blobs, events, clock }: TracesDeps) {
  const { read, profile } = database;

  async function existing(handle: Handle, project: Project, id: string): Promise<store.TraceRow> {
    const found = await store.findTrace(handle, project.id, id);
    if (!found) throw failure('not_found', { what: 'trace', name: id });
    return found;
  }

  /** The id is the client's; one that another project has is refused as if it were taken. */
  async function assertOurs(tx: Handle, project: Project, id: string): Promise<store.TraceRow | null> {
    const known = await store.findTrace(tx, project.id, id);
    if (!known && (await store.isTaken(tx, id))) throw failure('already_exists', { what: 'Trace', name: id });
    return known;
  }

  async function get(caller: Caller, project: Project, id: string): Promise<Trace> {
    assertMay(caller, project, 'read');
    const [trace] = await store.withParts(read, [await existing(read, project, id)]);
    if (!trace) throw failure('not_found', { what: 'trace', name: id });
    return trace;
  }

  return {
    get,

    /** What its maker tells; whichever comes first of this and its spans makes the trace. Told again, the new word counts. */
    async tell(caller: Caller, project: Project, { tags, metadata, ...told }: ToldTrace): Promise<Trace> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await assertOurs(tx, project, told.id);
        await store.putTrace(tx, { ...told, project_id: project.id, experiment: Number(told.experiment), told: 1 });
        await store.putPairs(database, tx, 'trace_tags', told.id, tags);
        await store.putPairs(database, tx, 'trace_metadata', told.id, metadata);
      });
      return get(caller, project, told.id);
    },

    /** Spans of any traces, all of them or none. `nameTag` is where the name of the first span goes until its maker names it. */
    async addSpans(
      caller: Caller,
      project: Project,
      {
        experiment,
        spans,
        nameTag,
        metadata,
      }: {
        readonly experiment: string;
        readonly spans: ReadonlyMap<string, readonly Span[]>;
        readonly nameTag: string;
        readonly metadata: Readonly<Record<string, string>>;
      },
    ): Promise<void> {
      assertMay(caller, project, 'write');
      const count = [...spans.values()].reduce((sum, one) => sum + one.length, 0);
      if (count > spansTogether)
        throw failure('invalid_input', { field: 'spans', expected: `at most ${spansTogether} in one request`, got: count });
      await database.write(async (tx) => {
        for (const [id, own] of spans) {
          const known = await assertOurs(tx, project, id);
          const { root, ...said } = traceOfSpans(own);
          if (known?.told !== 1) {
            const kept = known && root === null ? { state: known.state, took_ms: known.took_ms } : said;
            const started_at_ms = Math.min(said.started_at_ms, known?.started_at_ms ?? said.started_at_ms);
            const blank = { client_request_id: null, request_preview: null, response_preview: null, told: 0 as const };
            await store.putTrace(tx, { ...blank, ...kept, id, started_at_ms, project_id: project.id, experiment: Number(experiment) });
            if (root !== null) await store.putPairs(database, tx, 'trace_tags', id, { [nameTag]: root });
          }
          await store.putPairs(database, tx, 'trace_metadata', id, metadata);
          await store.putSpans(database, tx, id, own);
        }
      });
    },

    async spans(caller: Caller, project: Project, id: string): Promise<unknown[]> {
      assertMay(caller, project, 'read');
      await existing(read, project, id);
      return store.selectSpans(read, id);
    },

    /** Those of the ids that are there. */
    async some(caller: Caller, project: Project, ids: readonly string[]): Promise<Trace[]> {
      assertMay(caller, project, 'read');
      const rows = await Promise.all(ids.map((id) => store.findTrace(read, project.id, id)));
      return store.withParts(
        read,
        rows.filter((row) => row !== null),
      );
    },

    /** `words` is the filter as it was written. */
    async search(
      caller: Caller,
      project: Project,
      { cursor, limit, words, ...query }: Omit<store.TraceQuery, 'after'> & { readonly cursor?: string; readonly words: string },
    ): Promise<{ items: Trace[]; next: string | null }> {
      assertMay(caller, project, 'read');
      // Of what was asked and not of what it led to, which may be more on the next page.
      const asked = [query.experiments, query.order, words];
      const { rows, next } = await searchPage(asked, { cursor, limit }, (after, most) =>
        store.selectTraces(read, profile, project.id, { ...query, after, limit: most }),
      );
      return { items: await store.withParts(read, rows), next };
    },

    /** The different values of a field among the traces of some experiments, for what the database cannot compare. */
    async valuesOf(caller: Caller, project: Project, experiments: readonly string[], field: store.TraceField): Promise<string[]> {
      assertMay(caller, project, 'read');
      const values = await store.selectValues(read, project.id, experiments, field, valuesTogether + 1);
      if (values.length <= valuesTogether) return values;
      throw failure('invalid_input', { field: 'filter', expected: `a field with at most ${valuesTogether} different values`, got: 'more' });
    },

    async setTags(caller: Caller, project: Project, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existing(tx, project, id);
        await store.putPairs(database, tx, 'trace_tags', id, tags);
      });
    },

    /** Clients send traces in the background, so one may come after what is said of it. */
    async setMetadata(caller: Caller, project: Project, ids: readonly string[], metadata: Readonly<Record<string, string>>): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        for (const id of ids) {
          await assertOurs(tx, project, id);
          await store.putPairs(database, tx, 'trace_metadata', id, metadata);
        }
      });
    },

    async deleteTag(caller: Caller, project: Project, id: string, key: string): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existing(tx, project, id);
        if (!(await store.deleteTag(tx, id, key))) throw failure('not_found', { what: `tag of trace ${id}`, name: key });
      });
    },

    /** Deletes these, or all that began before a time; resolves to how many. */
    async delete(
      caller: Caller,
      project: Project,
      { experiment, ids, before_ms, most }: { experiment: string; ids?: readonly string[]; before_ms?: number; most?: number },
    ): Promise<number> {
      assertMay(caller, project, 'write');
      return database.write(async (tx) => {
        const limit = Math.min(most ?? deletedTogether, deletedTogether);
        const asked = { experiment: Number(experiment), limit, ...(ids ? { ids } : {}), ...(before_ms === undefined ? {} : { before_ms }) };
        const found = ids?.length === 0 ? [] : await store.selectIds(tx, project.id, asked);
        if (found.length === 0) return 0;
        await store.deleteTraces(tx, found);
        await events.emit(tx, caller, {
          project_id: project.id,
          type: 'traces.deleted',
          subject: `experiment ${experiment}`,
          note: `${found.length} traces of experiment ${experiment} were deleted.`,
          after: { traces: found.length },
        });
        return found.length;
      });
    },

    /** One that takes the place of another makes that one count no longer. */
    async addAssessment(caller: Caller, project: Project, id: string, assessment: Assessment): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existing(tx, project, id);
        const { overrides } = assessment;
        if (overrides !== null && !(await store.setValid(tx, id, overrides, 0))) throw noAssessment(overrides);
        await store.putAssessment(tx, id, assessment, clock.now());
      });
    },

    async changeAssessment(
      caller: Caller,
      project: Project,
      id: string,
      assessment: string,
      change: (known: Assessment) => Assessment,
    ): Promise<Assessment> {
      assertMay(caller, project, 'write');
      return database.write(async (tx) => {
        await existing(tx, project, id);
        const known = await store.findAssessment(tx, id, assessment);
        if (!known) throw noAssessment(assessment);
        const next = change(known);
        await store.putAssessment(tx, id, next, clock.now());
        return next;
      });
    },

    async assessment(caller: Caller, project: Project, id: string, assessment: string): Promise<Assessment> {
      assertMay(caller, project, 'read');
      await existing(read, project, id);
      const found = await store.findAssessment(read, id, assessment);
      if (!found) throw noAssessment(assessment);
      return found;
    },

    /** What is not there is gone already. The one whose place it took counts again. */
    async deleteAssessment(caller: Caller, project: Project, id: string, assessment: string): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        const known = (await store.findTrace(tx, project.id, id)) && (await store.findAssessment(tx, id, assessment));
        if (!known) return;
        if (known.overrides !== null) await store.setValid(tx, id, known.overrides, 1);
        await store.deleteAssessment(tx, id, assessment);
      });
    },

    /** Files that clients keep beside a trace. The trace itself may come later. */
    async putFile(caller: Caller, project: Project, id: string, file: { readonly path: string; readonly digest: string }): Promise<void> {
      assertMay(caller, project, 'write');
      const bytes = (await blobs.has([file.digest])).get(file.digest);
      if (bytes === undefined) throw failure('not_found', { what: 'uploaded blob', name: file.digest });
      await database.write(async (tx) => {
        await assertOurs(tx, project, id);
        await store.putFile(tx, { ...file, bytes, trace: id });
      });
    },

    async files(caller: Caller, project: Project, id: string): Promise<File[]> {
      assertMay(caller, project, 'read');
      await existing(read, project, id);
      return store.selectFiles(read, id);
    },

    async openFile(
      caller: Caller,
      project: Project,
      id: string,
      path: string,
      range?: Partial<Range>,
    ): Promise<{ artifact: File; content: Readable }> {
      assertMay(caller, project, 'read');
      await existing(read, project, id);
      const artifact = (await store.selectFiles(read, id)).find((file) => file.path === path);
      if (!artifact) throw failure('not_found', { what: `file of trace ${id}`, name: path });
      return { artifact, content: (await blobs.open(artifact.digest, range)).stream };
    },

    /** Digests of all blobs that traces name, for the sweep. */
    blobDigests: (): Promise<string[]> => store.selectDigests(read),
  };
}
