import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsv } from './csv.ts';
import { usageProblem } from './problem.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Rows {
  readonly rows: readonly Row[];
  /** All values are texts, as a CSV has them. */
  readonly isText: boolean;
}

/** A file that a person sends row by row is read whole; more belongs in a dataset. */
const fileLimit_bytes = 512 * 2 ** 20;

/** Rows of a file: CSV (`.csv`, values are texts), JSON (a list, or one object), JSON lines (`.jsonl`); `.gz` after any of them. */
export function readRows(folder: string, name: string): Rows {
  const text = textOf(folder, name);
  const isText = /\.csv(\.gz)?$/i.test(name);
  try {
    return { rows: isText ? rowsOfCsv(text) : rowsOfJson(text, /\.(jsonl|ndjson)(\.gz)?$/i.test(name)), isText };
  } catch (error) {
    throw usageProblem(
      `${name}: ${error instanceof Error ? error.message : String(error)}.`,
      'Give a .csv with column names first, a .json list of objects, or .jsonl with one object a line.',
    );
  }
}

function textOf(folder: string, name: string): string {
  try {
    const bytes = readFileSync(resolve(folder, name));
    const plain = /\.gz$/i.test(name) ? gunzipSync(bytes, { maxOutputLength: fileLimit_bytes }) : bytes;
    if (plain.length <= fileLimit_bytes) return plain.toString('utf8');
  } catch (error) {
    throw usageProblem(
      `${name} could not be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the path and the file.',
    );
  }
  throw usageProblem(`${name} is larger than ${fileLimit_bytes} bytes.`, 'Send it in parts.');
}

function rowsOfCsv(text: string): Row[] {
  const { names, rows } = parseCsv(text);
  return rows.map((fields) => Object.fromEntries(names.map((name, at) => [name, fields[at] ?? ''])));
}

function rowsOfJson(text: string, byLine: boolean): Row[] {
  const value: unknown = byLine
    ? text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line))
    : JSON.parse(text);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  const wrong = rows.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (wrong !== -1) throw new Error(`item ${wrong + 1}: expected an object`);
  return rows as Row[];
}

interface ModelInput {
  readonly name: string;
  readonly kind: 'number' | 'category';
}

/** The rows with the columns that a model takes, texts typed as it takes them; `left`: columns of any row that it does not take. */
export function fitRows({ rows, isText }: Rows, inputs: readonly ModelInput[]): { readonly fitting: Row[]; readonly left: string[] } {
  const kinds = new Map(inputs.map(({ name, kind }) => [name, kind]));
  const left = new Set<string>();
  const fitting = rows.map((row) => {
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(row)) {
      const kind = kinds.get(name);
      if (kind === undefined) left.add(name);
      else kept.push([name, isText ? typed(value, kind) : value]);
    }
    return Object.fromEntries(kept);
  });
  return { fitting, left: [...left] };
}

/** An empty field is a missing value; a text where a number belongs stays, so that the server names row and column. */
function typed(value: unknown, kind: ModelInput['kind']): unknown {
  const text = String(value);
  if (kind === 'category') return text === '' ? null : text;
  if (text.trim() === '') return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
