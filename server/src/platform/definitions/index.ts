import type { Permission } from '@slipway/contracts';
import type { RawBuilder } from 'kysely';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { parsed } from '../../kernel/json.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database, Handle } from '../database/index.ts';
import type { Events } from '../events/index.ts';
import { type DefinitionRow, definedSql, findDefinition, listDefinitions, putDefinition } from './definitions-store.ts';

export type ManagedBy = 'file' | 'ui';

/** What somebody wrote down about a thing that the server then keeps: a monitor, a gate, a pipeline. Plain JSON. */
export interface Definition<T> {
  readonly name: string;
  readonly definition: T;
  /** Who keeps it: the project file, or people in the web app and over the API. */
  readonly managed_by: ManagedBy;
  /** Counted up with every change, from 1. */
  readonly revision: number;
  /** Number of the event of its last change: what was judged before it was judged by another revision. */
  readonly changed_event: number;
  /** Who changed it last; what the server does because of it is done on this person's behalf. */
  readonly person: string | null;
  readonly retired: boolean;
}

export interface DefinitionChange {
  readonly changed: boolean;
  readonly revision: number;
  readonly event: number;
}

/** The definitions of one kind (`monitor`, `gate`, ...). Each room has its own and checks what it takes in before. */
export interface DefinitionsOf<T> {
  /** Equal content (canonical JSON) and keeper change nothing and emit nothing. Brings a retired one back. */
  putIn(tx: Handle, caller: Caller, project: Project, name: string, definition: T, managed_by: ManagedBy): Promise<DefinitionChange>;
  /** Retired things stay readable and are not acted on. Retiring twice is fine. */
  retireIn(tx: Handle, caller: Caller, project: Project, name: string): Promise<void>;
  find(project: Project, name: string, handle?: Handle): Promise<Definition<T> | null>;
  /** Refuses with `not_found`, also when it is retired. */
  get(project: Project, name: string, handle?: Handle): Promise<Definition<T>>;
  list(project: Project, handle?: Handle): Promise<Definition<T>[]>;
  /** Those that are not retired as a table of a statement, for searches: `name`, `definition` (JSON) and `changed_at_ms`. */
  table(project: Project): RawBuilder<unknown>;
}

export interface DefinitionOptions<T> {
  /** What its events say of it, where the whole is not for every reader of the audit trail. */
  readonly told?: (definition: T) => T;
  /** Where others than we give the names. */
  readonly names?: NameRule;
}

export interface NameRule {
  readonly pattern: RegExp;
  /** In words, for who gave another one. */
  readonly expected: string;
}

export interface Definitions {
  of<T>(kind: string, how?: DefinitionOptions<T>): DefinitionsOf<T>;
  /** All kinds of a project at once, for the plan of a project file. */
  all(project: Project): Promise<(Definition<unknown> & { readonly kind: string })[]>;
}

export interface DefinitionsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly clock: Clock;
}

export function createDefinitions(deps: DefinitionsDeps): Definitions {
  const { database } = deps;
  return {
    of: <T>(kind: string, how?: DefinitionOptions<T>) => definitionsOf<T>(deps, kind, how),
    async all(project) {
      const rows = await listDefinitions(database.read, project.id);
      return rows.map((row) => ({ ...toDefinition<unknown>(row), kind: row.kind }));
    },
  };
}

function definitionsOf<T>(
  deps: DefinitionsDeps,
  kind: string,
  { told = (whole) => whole, names = plainNames }: DefinitionOptions<T> = {},
): DefinitionsOf<T> {
  const read = deps.database.read;
  return {
    putIn: (tx, caller, project, name, definition, managed_by) =>
      put(deps, { kind, names, told: (text) => told(parsed(text) as T) }, tx, caller, project, name, definition, managed_by),
    retireIn: (tx, caller, project, name) => retire(deps, kind, tx, caller, project, name),
    async find(project, name, handle = read) {
      const row = await findDefinition(handle, project.id, kind, name);
      return row ? toDefinition<T>(row) : null;
    },
    async get(project, name, handle = read) {
      const row = await findDefinition(handle, project.id, kind, name);
      if (!row || row.retired_at_ms !== null) throw failure('not_found', { what: kind, name });
      return toDefinition<T>(row);
    },
    async list(project, handle = read) {
      return (await listDefinitions(handle, project.id, kind)).map((row) => toDefinition<T>(row));
    },
    table: (project) => definedSql(project.id, kind),
  };
}

/** What people do with definitions of one kind, where a definition needs no check beyond its shape. */
export interface DefinitionCommands<T> {
  define(caller: Caller, project: Project, name: string, definition: T, managed_by: ManagedBy): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  list(caller: Caller, project: Project): Promise<Definition<T>[]>;
}

/** Whoever holds `right` changes them; whoever may read the project sees them. */
export function definitionCommands<T>(database: Database, definitions: DefinitionsOf<T>, right: Permission): DefinitionCommands<T> {
  return {
    define(caller, project, name, definition, managed_by) {
      assertMay(caller, project, right);
      return database.write((tx) => definitions.putIn(tx, caller, project, name, definition, managed_by));
    },
    async retire(caller, project, name) {
      assertMay(caller, project, right);
      await database.write((tx) => definitions.retireIn(tx, caller, project, name));
    },
    async list(caller, project) {
      assertMay(caller, project, 'read');
      return definitions.list(project);
    },
  };
}

const plainNames: NameRule = { pattern: /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,99}$/u, expected: 'letters, digits, _ . or -, at most 100' };

interface Told {
  readonly kind: string;
  readonly names: NameRule;
  /** Of a definition as canonical JSON. */
  readonly told: (text: string) => unknown;
}

/** For commands that do much before they write: a wrong name is refused first. */
export function assertDefinitionName(kind: string, name: string, { pattern, expected } = plainNames): void {
  if (pattern.test(name) && name.normalize('NFC') === name) return;
  throw failure('invalid_input', { field: `${kind} name`, expected, got: JSON.stringify(name.slice(0, 120)) });
}

async function put(
  { events, clock }: DefinitionsDeps,
  { kind, names, told }: Told,
  tx: Handle,
  caller: Caller,
  project: Project,
  name: string,
  definition: unknown,
  managed_by: ManagedBy,
): Promise<DefinitionChange> {
  assertDefinitionName(kind, name, names);
  const text = canonicalJson(definition);
  const old = await findDefinition(tx, project.id, kind, name);
  if (old && old.definition === text && old.managed_by === managed_by && old.retired_at_ms === null) {
    return { changed: false, revision: old.revision, event: old.changed_event };
  }
  const revision = (old?.revision ?? 0) + 1;
  const event = await events.emit(tx, caller, {
    project_id: project.id,
    type: old ? `${kind}.changed` : `${kind}.defined`,
    subject: `${kind} ${name}`,
    before: old ? { definition: told(old.definition), managed_by: old.managed_by, retired: old.retired_at_ms !== null } : null,
    after: { definition: told(text), managed_by, revision },
  });
  await putDefinition(tx, {
    project_id: project.id,
    kind,
    name,
    definition: text,
    managed_by,
    revision,
    changed_event: event,
    changed_at_ms: clock.now(),
    person: caller.person,
    retired_at_ms: null,
  });
  return { changed: true, revision, event };
}

async function retire(
  { events, clock }: DefinitionsDeps,
  kind: string,
  tx: Handle,
  caller: Caller,
  project: Project,
  name: string,
): Promise<void> {
  const old = await findDefinition(tx, project.id, kind, name);
  if (!old) throw failure('not_found', { what: kind, name });
  if (old.retired_at_ms !== null) return;
  const event = await events.emit(tx, caller, { project_id: project.id, type: `${kind}.retired`, subject: `${kind} ${name}` });
  await putDefinition(tx, { ...old, retired_at_ms: clock.now(), changed_event: event, person: caller.person });
}

function toDefinition<T>(row: DefinitionRow): Definition<T> {
  return {
    name: row.name,
    definition: parsed(row.definition) as T,
    managed_by: row.managed_by,
    revision: row.revision,
    changed_event: row.changed_event,
    person: row.person,
    retired: row.retired_at_ms !== null,
  };
}
