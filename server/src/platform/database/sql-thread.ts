/**
 * The thread that owns one SQLite connection. Two of them serve a database: the writer, the only connection that changes
 * anything, and a reader that sees what was committed. SQL never runs on the HTTP thread, so a slow query delays no request.
 */
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { type MessagePort, workerData } from 'node:worker_threads';
import type { ManyValues, SqlValue } from './connection.ts';
import {
  type Done,
  type Refusal,
  type SqlAsk,
  type SqlReply,
  type SqlRequest,
  type SqlThreadData,
  type Step,
  steps,
  unanswered,
} from './sql-protocol.ts';

const { file, mode, port } = workerData as SqlThreadData & { port: MessagePort };
/** Plans of the statements in use; the product has a few hundred. */
const statementLimit = 1000;
/** Answers of one message leave together, unless its statements take longer than this. */
const together_ms = 2;

/** The writer opens at once, and makes the file; the reader with its first request, when the file is there. */
let opened: DatabaseSync | null = mode === 'write' ? open() : null;
const statements = new Map<string, Statement>();
/** Why the group that goes on is lost already; null while it is not. */
let lost: Refusal | null = null;
let isInGroup = false;

function connection(): DatabaseSync {
  opened ??= open();
  return opened;
}

function open(): DatabaseSync {
  const made = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000, readOnly: mode === 'read' });
  if (mode === 'read') {
    made.exec('PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456');
    return made;
  }
  const journal = made.prepare('PRAGMA journal_mode=WAL').get();
  if (journal?.['journal_mode'] !== 'wal') throw new Error(`SQLite would not switch to WAL: ${String(journal?.['journal_mode'])}`);
  made.exec('PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-65536');
  const synchronous = made.prepare('PRAGMA synchronous').get();
  if (synchronous?.['synchronous'] !== 2) throw new Error('SQLite does not hold synchronous=FULL');
  // Rows recovered from the page cache may not be on disk yet: without this barrier they would be shown, and lost by a power cut.
  const barrier = made.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (barrier?.['busy'] !== 0) throw new Error('The write-ahead log could not be emptied: another process holds the database');
  return made;
}

const changesSchema = /^\s*(?:create|alter|drop)\b/i;

interface Statement {
  readonly prepared: StatementSync;
  /** None for a statement that answers no rows. */
  readonly columns: readonly string[];
}

function statement(sql: string): Statement {
  let found = statements.get(sql);
  if (!found) {
    if (statements.size >= statementLimit) statements.clear();
    const prepared = connection().prepare(sql);
    prepared.setReturnArrays(true);
    found = { prepared, columns: prepared.columns().map(({ name }) => name) };
    statements.set(sql, found);
  }
  return found;
}

function run(sql: string, params: readonly SqlValue[]): Done {
  const { prepared, columns } = statement(sql);
  if (columns.length === 0) {
    const { changes } = prepared.run(...params);
    // A `select *` has other columns then.
    if (changesSchema.test(sql)) statements.clear();
    return [Number(changes)];
  }
  return [0, columns, (prepared.all(...params) as unknown as unknown[][]).flat()];
}

/** Rows of one statement: neighbours are found without a walk down the tree, which saves a quarter. More save nothing. */
const together_rows = 50;
const oneRow = /\bvalues\s*(\([?,\s]+\))/i;
const widened = new Map<string, string>();

/** The same insert for as many rows as go together. */
function wide(sql: string): string {
  let found = widened.get(sql);
  if (found === undefined) {
    found = sql.replace(oneRow, (_, row: string) => `values ${new Array(together_rows).fill(row).join(', ')}`);
    widened.set(sql, found);
  }
  return found;
}

function runMany(sql: string, values: ManyValues, arity: number): number {
  const whole = oneRow.test(sql) ? values.length - (values.length % (together_rows * arity)) : 0;
  const changes = whole > 0 ? runRows(wide(sql), values, together_rows * arity, 0, whole) : 0;
  return changes + runRows(sql, values, arity, whole, values.length);
}

/** `size` values at a time. */
function runRows(sql: string, values: ManyValues, size: number, from: number, to: number): number {
  const { prepared } = statement(sql);
  const some = new Array<SqlValue>(size);
  let changes = 0;
  for (let start = from; start < to; start += size) {
    for (let at = 0; at < size; at++) some[at] = values[start + at] ?? null;
    changes += Number(prepared.run(...some).changes);
  }
  return changes;
}

function take(step: Step): void {
  if (step === 'begin') [isInGroup, lost] = [true, null];
  // What is lost was rolled back by SQLite.
  if (step !== 'rollback' || connection().isTransaction) for (const sql of steps[step]) statement(sql).prepared.run();
  if (step === 'commit' || step === 'rollback') [isInGroup, lost] = [false, null];
}

const done: Done = [0];

function perform(ask: SqlAsk): Done {
  switch (ask[0]) {
    case 'run':
      return run(ask[1], ask[2]);
    case 'many':
      return [runMany(ask[1], ask[2], ask[3])];
    case 'step':
      take(ask[1]);
      return done;
    case 'exec':
      connection().exec(ask[1]);
      return done;
    case 'close':
      if (mode === 'write') opened?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      opened?.close();
      return done;
    case 'backup':
      throw new Error('a backup is not one statement: it takes many turns of this thread');
  }
}

function refusal(error: unknown): Refusal {
  const { errcode, message } = error as { errcode?: number; message?: string };
  return {
    message: message ?? String(error),
    sqliteCode: errcode ?? 0,
    inTransaction: opened?.isOpen === true && opened.isTransaction,
  };
}

/** Statements of a group are sent before those before them were answered: after its transaction ended they would be kept one by one. */
function answer(id: number, ask: SqlAsk): SqlReply {
  const isNew = ask[0] === 'step' && (ask[1] === 'begin' || ask[1] === 'rollback');
  if (lost !== null && !isNew && ask[0] !== 'close') return [id, null, lost];
  try {
    return [id, perform(ask)];
  } catch (error) {
    let refused = refusal(error);
    if (id === unanswered && refused.inTransaction) {
      // Nobody hears of it before the COMMIT, so nothing of the group may be kept.
      connection().exec('ROLLBACK');
      refused = { ...refused, inTransaction: false };
    }
    if (isInGroup && !refused.inTransaction) lost = refused;
    return [id, null, refused];
  }
}

async function copyTo(id: number, path: string): Promise<SqlReply> {
  try {
    await backup(connection(), path);
    return [id, done];
  } catch (error) {
    return [id, null, refusal(error)];
  }
}

port.on('message', (requests: readonly SqlRequest[]) => {
  let replies: SqlReply[] = [];
  let begun_ms = performance.now();
  for (const [id, ask] of requests) {
    if (ask[0] === 'backup') {
      void copyTo(id, ask[1]).then((reply) => port.postMessage([reply]));
      continue;
    }
    const reply = answer(id, ask);
    if (id !== unanswered) replies.push(reply);
    if (replies.length === 0 || performance.now() - begun_ms < together_ms) continue;
    port.postMessage(replies);
    replies = [];
    begun_ms = performance.now();
  }
  if (replies.length > 0) port.postMessage(replies);
});
