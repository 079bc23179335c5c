import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import type { DataFile } from '../../platform/analytics/index.ts';
import { assertOfProject } from '../../platform/blobs/index.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import {
  assertDefinitionName,
  type Definition,
  type DefinitionChange,
  type Definitions,
  type DefinitionsOf,
  type ManagedBy,
} from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { judgeData, judgeSchema } from './checks.ts';
import {
  assertColumnsKnown,
  assertDefinition,
  assertFiles,
  columnsOf,
  contentDigest,
  type DatasetDefinition,
  type DatasetVersion,
  emptyDefinition,
  type FileReference,
  failedChecks,
  type GrownSource,
  type VersionFile,
} from './dataset.ts';
import * as store from './datasets-store.ts';
import { gatherFacts, type IngestDeps, readFiles, readProfile, storeParquet, storeTable, type Table, withTempTable } from './ingest.ts';

export interface DatasetsDeps extends IngestDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly clock: Clock;
}

export interface Added {
  readonly version: DatasetVersion;
  /** False: this content was a version already. */
  readonly isNew: boolean;
}

export interface NewVersion {
  readonly dataset: string;
  /** Their bytes are stored already. */
  readonly files: readonly FileReference[];
}

export interface GrownVersion extends Omit<GrownSource, 'kind'> {
  readonly dataset: string;
  /** A local file of ours: the rows of the base, and the served ones. */
  readonly parquetPath: string;
}

export function datasetDefinitions({ definitions }: DatasetsDeps): DefinitionsOf<DatasetDefinition> {
  return definitions.of<DatasetDefinition>('dataset');
}

export async function define(
  deps: DatasetsDeps,
  caller: Caller,
  project: Project,
  name: string,
  definition: DatasetDefinition,
  managed_by: ManagedBy,
): Promise<DefinitionChange> {
  assertMay(caller, project, 'write');
  assertDefinition(definition);
  return deps.database.write((tx) => datasetDefinitions(deps).putIn(tx, caller, project, name, definition, managed_by));
}

/**
 * Reads the files, judges them, and keeps them as the next version. A file that cannot be read is refused and nothing is kept;
 * a check that does not hold is kept with the version. The same content again is the same version, judged by the checks of now.
 */
export async function addVersion(deps: DatasetsDeps, caller: Caller, project: Project, input: NewVersion): Promise<Added> {
  assertMay(caller, project, 'write');
  assertDefinitionName('dataset', input.dataset);
  const files = assertFiles(input.files);
  const { definition, latest } = await readBefore(deps, project, input.dataset);
  const digest = contentDigest({ files }, definition);
  const existing = await store.findByDigest(deps.database.read, project.id, input.dataset, digest);
  if (existing) return judgedAgain(deps, caller, project, existing, definition);
  const sized = await withSizes(deps, project, files);
  const paths: DataFile[] = [];
  for (const file of files) paths.push({ path: await deps.blobs.path(file.digest), name: file.path });
  return withTempTable(deps, async (path) => {
    const table = await readFiles(deps, paths, definition, path);
    const draft = await draftOf(deps, input.dataset, table, definition, latest);
    return keep(deps, caller, project, { ...draft, digest, files: sized, source: { kind: 'files' } });
  });
}

/** Keeps a table that was made of a version and of rows that were served, as the next version. */
export async function addGrown(deps: DatasetsDeps, caller: Caller, project: Project, input: GrownVersion): Promise<Added> {
  assertMay(caller, project, 'write');
  const { dataset, base, parquetPath, deployment, served_rows, until_ms } = input;
  const from = await existingVersion(deps.database.read, project, dataset, base);
  const { definition, latest } = await readBefore(deps, project, dataset);
  const parquet = await storeParquet(deps.blobs, parquetPath);
  const digest = contentDigest({ base: from.digest, parquet: parquet.digest }, definition);
  const existing = await store.findByDigest(deps.database.read, project.id, dataset, digest);
  if (existing) return judgedAgain(deps, caller, project, existing, definition);
  const { columns, rows } = await deps.analytics.inspect({ files: [{ path: parquetPath, name: `${dataset}, grown` }] });
  const draft = await draftOf(deps, dataset, { path: parquetPath, columns, rows }, definition, latest);
  const source = { kind: 'grown', base, deployment, served_rows, until_ms } as const;
  return keep(deps, caller, project, { ...draft, digest, files: from.files, source });
}

async function readBefore(deps: DatasetsDeps, project: Project, dataset: string) {
  const [known, latest] = await Promise.all([
    datasetDefinitions(deps).find(project, dataset),
    store.findLatest(deps.database.read, project.id, dataset),
  ]);
  return { definition: known?.definition ?? emptyDefinition, latest };
}

async function withSizes(deps: DatasetsDeps, project: Project, files: readonly FileReference[]): Promise<VersionFile[]> {
  const sizes = await assertOfProject(
    deps,
    project,
    files.map((file) => file.digest),
  );
  return files.map(({ path, digest }) => ({ path, digest, bytes: sizes.get(digest) ?? 0 }));
}

type Draft = Pick<
  DatasetVersion,
  'dataset' | 'digest' | 'rows' | 'bytes' | 'schema' | 'profile_digest' | 'parquet_digest' | 'files' | 'source' | 'checks'
>;

/** Everything of a version that follows from its table. When it resolves, all of it is stored. */
async function draftOf(
  deps: DatasetsDeps,
  dataset: string,
  { path, columns, rows }: Table,
  definition: DatasetDefinition,
  latest: DatasetVersion | null,
): Promise<Omit<Draft, 'digest' | 'files' | 'source'>> {
  assertColumnsKnown(dataset, definition, columns, latest?.schema ?? []);
  const profiled = await deps.analytics.profile({ parquet: path });
  const checks = judgeData(rows, await gatherFacts(deps, async () => path, profiled, definition), definition);
  const { parquet, profile } = await storeTable(deps, path, profiled);
  const schema = columnsOf(definition, columns);
  return { dataset, rows, bytes: parquet.bytes, schema, profile_digest: profile.digest, parquet_digest: parquet.digest, checks };
}

/** The one write: number, comparison with the version before, row and events. Of two that add the same, the second finds the first's. */
async function keep(deps: DatasetsDeps, caller: Caller, project: Project, draft: Draft): Promise<Added> {
  const { database, events, clock } = deps;
  const { dataset, digest, rows, source } = draft;
  return database.write(async (tx) => {
    const existing = await store.findByDigest(tx, project.id, dataset, digest);
    if (existing) return { version: existing, isNew: false };
    const known: Definition<DatasetDefinition> | null = await datasetDefinitions(deps).find(project, dataset, tx);
    if (!known || known.retired) {
      await datasetDefinitions(deps).putIn(tx, caller, project, dataset, known?.definition ?? emptyDefinition, known?.managed_by ?? 'ui');
    }
    const latest = await store.findLatest(tx, project.id, dataset);
    const checks = [...judgeSchema(latest?.schema ?? null, draft.schema), ...draft.checks];
    const number = (latest?.number ?? 0) + 1;
    const event = await events.emit(tx, caller, {
      project_id: project.id,
      type: 'dataset-version.added',
      subject: `dataset ${dataset}`,
      note: `Version ${number} of ${dataset} was added: ${rows} rows.`,
      after: { dataset, version: number, digest, rows, source },
    });
    const version = { ...draft, id: newId('dsv'), number, checks, person: caller.person, event, created_at_ms: clock.now() };
    await store.insertVersion(tx, project.id, version);
    await tellOfFailures(deps, tx, caller, project, version);
    return { version, isNew: true };
  });
}

async function tellOfFailures(
  { events }: DatasetsDeps,
  tx: Handle,
  caller: Caller,
  project: Project,
  version: DatasetVersion,
): Promise<void> {
  const failed = failedChecks(version);
  if (failed.length === 0) return;
  const { dataset, number } = version;
  await events.emit(tx, caller, {
    project_id: project.id,
    type: 'dataset-version.check-failed',
    subject: `dataset ${dataset}`,
    note: `${failed.length} of ${version.checks.length} checks of ${dataset} version ${number} do not hold.`,
    after: { dataset, version: number, failed },
  });
}

/** Checks are not part of the content: a version that is added again is judged by those that are defined now. */
async function judgedAgain(
  deps: DatasetsDeps,
  caller: Caller,
  project: Project,
  version: DatasetVersion,
  definition: DatasetDefinition,
): Promise<Added> {
  const { database, events, blobs } = deps;
  const profiles = new Map(Object.entries(await readProfile(blobs, version.profile_digest)));
  const profiled = version.schema.flatMap(({ name, type }) => {
    const profile = profiles.get(name);
    return profile ? [{ name, type, profile }] : [];
  });
  const facts = await gatherFacts(deps, () => blobs.path(version.parquet_digest), profiled, definition);
  const data = judgeData(version.rows, facts, definition);
  const next = [...version.checks.filter((verdict) => verdict.check === 'schema'), ...data];
  if (canonicalJson(next) === canonicalJson(version.checks)) return { version, isNew: false };
  return database.write(async (tx) => {
    const judged = { ...version, checks: next };
    await store.setChecks(tx, version.id, next);
    await events.emit(tx, caller, {
      project_id: project.id,
      type: 'dataset-version.checked',
      subject: `dataset ${version.dataset}`,
      note: `Version ${version.number} of ${version.dataset} was judged by the checks of now.`,
      before: { checks: version.checks },
      after: { dataset: version.dataset, version: version.number, checks: next },
    });
    await tellOfFailures(deps, tx, caller, project, judged);
    return { version: judged, isNew: false };
  });
}

export async function existingVersion(
  handle: Handle,
  project: Project,
  dataset: string,
  number: number | 'latest',
): Promise<DatasetVersion> {
  const version =
    number === 'latest'
      ? await store.findLatest(handle, project.id, dataset)
      : await store.findVersion(handle, project.id, dataset, number);
  if (!version) throw failure('not_found', { what: `version of dataset ${dataset}`, name: String(number) });
  return version;
}
