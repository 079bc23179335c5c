import type { IncomingHttpHeaders } from 'node:http';
import { SlipwayError } from '../../kernel/error.ts';
import { parseJson } from '../../platform/http/index.ts';
import { invalid } from './refusal.ts';

/**
 * Requests as MLflow's server reads them (mlflow/server/handlers.py, JSON of protobuf): names may be snake_case or camelCase,
 * unknown ones are passed over, 64-bit integers may be texts, and what is wrong is told in its words. Compiled readers, since
 * a batch of a thousand points goes through here.
 */
export interface Reader<T> {
  /** What an absent field is read as. */
  readonly absent: T;
  /** Undefined for a value of another type. */
  readonly read: (value: unknown) => T | undefined;
  readonly isRequired?: boolean;
}

export type Fields = Readonly<Record<string, Reader<unknown>>>;
export type Read<F extends Fields> = { readonly [K in keyof F]: F[K] extends Reader<infer T> ? T : never };

export type Wire = Readonly<Record<string, unknown>>;

const int = /^-?\d{1,19}$/;

function toInt(value: unknown): number | undefined {
  const number = typeof value === 'string' && int.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return undefined;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity' || value === '-Infinity') return value === 'Infinity' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function toBool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';
export const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Reader<string> = { absent: '', read: (value) => (isText(value) ? value : undefined) };
/** Null when it was not sent, where that is another thing than an empty text. */
export const maybeText: Reader<string | null> = { absent: null, read: (value) => (isText(value) ? value : undefined) };
export const integer: Reader<number | null> = { absent: null, read: toInt };
export const double: Reader<number | null> = { absent: null, read: toNumber };
export const boolean: Reader<boolean> = { absent: false, read: toBool };
export const texts: Reader<readonly string[]> = {
  absent: [],
  read: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
};
export const objects: Reader<readonly Wire[]> = {
  absent: [],
  read: (value) => (Array.isArray(value) && value.every(isWire) ? value : undefined),
};
export const object: Reader<Wire | null> = { absent: null, read: (value) => (isWire(value) ? value : undefined) };

export function needed<T>(reader: Reader<T>): Reader<T> {
  return { ...reader, isRequired: true };
}

/** One of some names, in MLflow's capitals; another one is refused. */
export function oneOf<T extends string>(...names: readonly T[]): Reader<T | null> {
  return { absent: null, read: (value) => names.find((name) => name === value) };
}

const seeDocs = ' See the API docs for more information about request parameters.';

export function missing(path: string): SlipwayError {
  return invalid(`Missing value for required parameter '${path}'.${seeDocs}`);
}

export function wrongType(path: string, value: unknown): SlipwayError {
  return invalid(
    `Invalid value ${pythonJson(value)} for parameter '${path}' supplied:  Hint: Value was of type '${pythonType(value)}'.${seeDocs}`,
  );
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const camelNames = new Map<string, string>();

export function member(from: Wire, name: string): unknown {
  const value = from[name];
  if (value !== undefined) return value;
  if (!name.includes('_')) return undefined;
  const other = camelNames.get(name) ?? camel(name);
  camelNames.set(name, other);
  return from[other];
}

/** Reads all fields, in their order; the first mistake is thrown. Old clients call a run id `run_uuid`. */
export function read<F extends Fields>(from: Wire, fields: F): Read<F> {
  const values: Record<string, unknown> = {};
  for (const name in fields) {
    const reader = fields[name];
    if (!reader) continue;
    let value = member(from, name);
    if (name === 'run_id' && (value === undefined || value === '')) value = member(from, 'run_uuid');
    if (value === undefined || value === null) {
      if (reader.isRequired) throw missing(name);
      values[name] = reader.absent;
      continue;
    }
    const found = reader.read(value);
    if (reader.isRequired && value === '') throw missing(name);
    if (found === undefined) throw wrongType(name, value);
    values[name] = found;
  }
  return values as Read<F>;
}

/** A map of texts to texts. */
export function stringsOf(from: Wire, name: string): Record<string, string> {
  const value = member(from, name) ?? {};
  if (!isWire(value)) throw wrongType(name, value);
  for (const [key, one] of Object.entries(value)) if (typeof one !== 'string') throw wrongType(`${name}.${key}`, one);
  return value as Record<string, string>;
}

/** POST must say that it is JSON; of other methods, what is none counts as nothing. Broken JSON is read as an empty object, so that the answer names what is missing; so is JSON within JSON unpacked. */
export function parseWire(bytes: Buffer, headers: IncomingHttpHeaders, isPost: boolean): Wire {
  const type = headers['content-type'];
  const isJson = type !== undefined && /^application\/json(\s*;.*)?$/i.test(type);
  if (isPost && type === undefined) throw invalid('Bad Request. Content-Type header is missing.');
  if (isPost && !isJson) throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
  if (!isJson || bytes.length === 0) return {};
  let value = parsedOr(bytes);
  if (typeof value === 'string') value = parsedOr(Buffer.from(value));
  return isWire(value) ? value : {};
}

function parsedOr(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof SlipwayError && /deeper|UTF-8|surrogate/.test(error.message)) throw error;
    return {};
  }
}

/** Of a query each name may stand several times; a field that takes a list gets one. */
export function queryAsWire(query: Wire, fields: Fields): Wire {
  const wire: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const takesList = Array.isArray(fields[name]?.absent);
    wire[name] = takesList && !Array.isArray(value) ? [value] : !takesList && Array.isArray(value) ? value.at(-1) : value;
  }
  return wire;
}

function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool', object: 'dict' }[typeof value as 'string' | 'boolean' | 'object'] ?? 'str';
}

const shown_chars = 2000;

/** `json.dumps(value, sort_keys=True, separators=(",", ":"))` */
export function pythonJson(value: unknown): string {
  const json = JSON.stringify(value, (_, one: unknown) =>
    isWire(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
  return ascii((json ?? 'null').slice(0, shown_chars));
}

const ascii = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** `json.dumps(value)`, where clients compare the text that MLflow keeps. */
export function pythonDumps(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonDumps).join(', ')}]`;
  if (!isWire(value)) return ascii(JSON.stringify(value) ?? 'null');
  return `{${Object.entries(value)
    .map(([name, one]) => `${ascii(JSON.stringify(name))}: ${pythonDumps(one)}`)
    .join(', ')}}`;
}
