import type { SlipwayError } from '../../kernel/error.ts';
import type { Compared, Comparison } from '../../platform/database/index.ts';
import { invalid } from './refusal.ts';

/** One comparison of a filter; they are all joined by AND. */
export interface Clause {
  readonly kind: string;
  readonly key: string;
  readonly operator: Operator;
  /** Null for IS NULL and IS NOT NULL. */
  readonly value: Compared | null;
}

export type Operator = Comparison | 'rlike' | 'is null' | 'is not null';

/** What may be asked of a noun (mlflow/utils/search_utils.py). A bare name is an attribute. */
export interface Grammar {
  /** What stands before the dot, by every name that it has. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** Attributes with what they are compared with, other names of them included. */
  readonly attributes: Readonly<Record<string, { readonly is: 'text' | 'number'; readonly key?: string; readonly takesList?: boolean }>>;
  /** Operators by kind; of attributes `attribute` is for texts and `number` for numbers. */
  readonly operators: Readonly<Record<string, readonly Operator[]>>;
  /** Kinds whose values are numbers, or that take lists, or whose value may be either. */
  readonly numbers?: readonly string[];
  readonly lists?: readonly string[];
  readonly either?: readonly string[];
  /** Keys that a kind may have, where it may not have any. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

export const numeric: readonly Operator[] = ['>', '>=', '=', '!=', '<', '<='];
export const textual: readonly Operator[] = ['=', '!=', 'like', 'ilike'];
export const nullable: readonly Operator[] = [...textual, 'is null', 'is not null'];
export const listed: readonly Operator[] = [...textual, 'in', 'not in'];

const clauseLimit = 100;
const filterLimit_chars = 200_000;
const listLimit = 10_000;
/** SQLite refuses patterns of more than 50,000 bytes, and a sign of ours may become three of its own. */
const patternLimit_chars = 10_000;
const orderLimit_chars = 1000;

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'open' | 'close' | 'comma';
  readonly text: string;
  readonly at: number;
}

const part = '(?:[\\p{L}_][\\p{L}\\p{N}_]*|`[^`]*`|"[^"]*")';
const pattern = new RegExp(
  `\\s*(?:(?<text>'[^']*')|(?<number>[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?(?![\\p{L}\\p{N}_.]))|(?<name>${part}(?:\\.(?:[\\p{L}\\p{N}_]+|\`[^\`]*\`|"[^"]*"))*)|(?<sign>!=|>=|<=|<>|[=<>])|(?<open>\\()|(?<close>\\))|(?<comma>,))`,
  'uy',
);

const shown_chars = 60;

function mistake(text: string, at: number, why: string): SlipwayError {
  return invalid(`${why} (at character ${at + 1} of the filter: '${text.slice(at, at + shown_chars)}')`);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.groups;
    const kind = found && (Object.keys(found) as Token['kind'][]).find((name) => found[name] !== undefined);
    if (!kind) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      throw mistake(text, start, `Invalid clause(s) in filter string: '${text.slice(start, start + shown_chars)}'`);
    }
    const token = found[kind] ?? '';
    tokens.push({ kind, text: token, at: pattern.lastIndex - token.length });
  }
  return tokens;
}

/** The clauses of a filter, or the first mistake with its place. An empty filter has none. */
export function parseFilter(text: string, grammar: Grammar): Clause[] {
  if (text.length > filterLimit_chars) throw invalid(`A filter takes at most ${filterLimit_chars} characters. Got ${text.length}.`);
  const reader = new Reader(text, tokensOf(text), grammar);
  const clauses: Clause[] = [];
  while (!reader.isAtEnd()) {
    if (clauses.length > 0) reader.expectAnd();
    if (clauses.length >= clauseLimit) throw invalid(`A filter takes at most ${clauseLimit} clauses.`);
    clauses.push(reader.clause());
  }
  return clauses;
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #grammar: Grammar;
  #at = 0;

  constructor(text: string, tokens: readonly Token[], grammar: Grammar) {
    this.#text = text;
    this.#tokens = tokens;
    this.#grammar = grammar;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  expectAnd(): void {
    const token = this.#next('AND');
    if (token.kind !== 'name' || token.text.toUpperCase() !== 'AND') {
      throw this.#wrong(token, `Invalid clause(s) in filter string: '${token.text}'`);
    }
  }

  clause(): Clause {
    const name = this.#next('a name');
    if (name.kind !== 'name') throw this.#wrong(name, `Invalid clause(s) in filter string: '${name.text}'`);
    const { kind, key, is } = this.#field(name);
    const operator = this.#operator();
    const allowed = this.#grammar.operators[kind === 'attribute' && is === 'number' ? 'number' : kind] ?? [];
    if (!allowed.includes(operator.is)) {
      const among = allowed.map((one) => one.toUpperCase()).join("', '");
      throw this.#wrong(operator.token, `Invalid comparator '${operator.is.toUpperCase()}' not one of '${among}'`);
    }
    if (operator.is === 'is null' || operator.is === 'is not null') return { kind, key, operator: operator.is, value: null };
    const value = this.#value(kind, key, is, name);
    if ((operator.is === 'like' || operator.is === 'ilike') && String(value).length > patternLimit_chars)
      throw this.#wrong(operator.token, `A pattern takes at most ${patternLimit_chars} characters`);
    return { kind, key, operator: operator.is, value };
  }

  #field(name: Token): { kind: string; key: string; is: 'text' | 'number' | 'either' } {
    const { kind, key } = readName(name.text, this.#grammar, (why) => this.#wrong(name, why));
    if (kind === 'attribute') {
      const known = own(this.#grammar.attributes, key);
      if (!known) throw this.#wrong(name, unknownAttribute(key, this.#grammar));
      return { kind, key: known.key ?? key, is: known.is };
    }
    const is = this.#grammar.either?.includes(kind) ? 'either' : this.#grammar.numbers?.includes(kind) ? 'number' : 'text';
    return { kind, key, is };
  }

  #operator(): { is: Operator; token: Token } {
    const token = this.#next('a comparator');
    const first = token.text.toLowerCase();
    if (token.kind === 'sign') return { is: (first === '<>' ? '!=' : first) as Operator, token };
    if (token.kind === 'name') {
      if (first === 'like' || first === 'ilike' || first === 'rlike' || first === 'in') return { is: first, token };
      if (first === 'not' && this.#take('in')) return { is: 'not in', token };
      if (first === 'is' && this.#take('null')) return { is: 'is null', token };
      if (first === 'is' && this.#take('not') && this.#take('null')) return { is: 'is not null', token };
    }
    throw this.#wrong(token, `Invalid clause(s) in filter string: '${token.text}' is no comparator`);
  }

  #value(kind: string, key: string, is: 'text' | 'number' | 'either', name: Token): Compared {
    const token = this.#next('a value');
    if (token.kind === 'open') {
      const takesList = kind === 'attribute' ? this.#attributeTakesList(name) : this.#grammar.lists?.includes(kind);
      if (!takesList) throw this.#wrong(token, `'${key}' does not support comparison with a list of quoted string values.`);
      return this.#list();
    }
    if (token.kind === 'number') {
      if (is === 'text') throw this.#wrong(token, `Expected a quoted string value for ${kind} (e.g. 'my-value'). Got value ${token.text}`);
      return Number(token.text);
    }
    const text = quoted(token);
    if (is === 'number')
      throw this.#wrong(
        token,
        `Expected numeric value type for ${kind === 'metric' ? 'metric' : `numeric attribute: ${key}`}. Found ${token.text}`,
      );
    if (text === null) throw this.#wrong(token, `Expected a quoted string value for ${kind} (e.g. 'my-value'). Got value ${token.text}`);
    return text;
  }

  #attributeTakesList(name: Token): boolean {
    const { key } = readName(name.text, this.#grammar, (why) => this.#wrong(name, why));
    return own(this.#grammar.attributes, key)?.takesList ?? false;
  }

  #list(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#next('a quoted string');
      const text = quoted(token);
      if (text === null)
        throw this.#wrong(
          token,
          'While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list',
        );
      if (values.length >= listLimit) throw this.#wrong(token, `A list takes at most ${listLimit} values`);
      values.push(text);
      const then = this.#next('`,` or `)`');
      if (then.kind === 'close') return values;
      if (then.kind !== 'comma') throw this.#wrong(then, 'While parsing a list in the query, expected a comma or its end');
    }
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw mistake(this.#text, this.#text.length, `Invalid clause(s) in filter string: expected ${expected}, found the end`);
    return token;
  }

  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name' || token.text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #wrong(token: Token, why: string): SlipwayError {
    return mistake(this.#text, token.at, why);
  }
}

function quoted(token: Token): string | null {
  const isQuoted = token.kind === 'text' || (token.kind === 'name' && /^"[^"]*"$/.test(token.text));
  return isQuoted ? token.text.slice(1, -1) : null;
}

/** What a table has under a name that a client wrote, and never what every object has. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const bare = (text: string): string => (/^(["`]).*\1$/s.test(text) ? text.slice(1, -1) : text);

function readName(
  text: string,
  { prefixes, keys, attributes }: Grammar,
  wrong: (why: string) => SlipwayError,
): { kind: string; key: string } {
  const dot = /^(?:[^.`"]+|`[^`]*`|"[^"]*")\./.exec(text)?.[0].length ?? 0;
  if (dot === 0) return { kind: 'attribute', key: bare(text) };
  const prefix = bare(text.slice(0, dot - 1));
  const kind = own(prefixes, prefix);
  if (kind === undefined) {
    const valid = [...new Set(Object.values(prefixes))].map((name) => `'${name}'`).join(', ');
    throw wrong(`Invalid entity type '${prefix}'. Valid values are [${valid}]`);
  }
  const key = bare(text.slice(dot));
  const known = keys?.[kind];
  if (known && !known.includes(key)) throw wrong(`Invalid ${kind} key '${key}' specified. Valid keys are '${pythonSet(known)}'`);
  if (kind === 'attribute' && !own(attributes, key)) throw wrong(unknownAttribute(key, { attributes }));
  return { kind, key };
}

function unknownAttribute(key: string, { attributes }: Pick<Grammar, 'attributes'>): string {
  return `Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(Object.keys(attributes))}'`;
}

const pythonSet = (names: readonly string[]): string => `{${names.map((name) => `'${name}'`).join(', ')}}`;

export interface OrderKey {
  readonly kind: string;
  readonly key: string;
  readonly descending: boolean;
}

const orderLimit = 20;

/** `metrics.loss DESC`, `start_time`; each field once. */
export function parseOrder(orders: readonly string[], grammar: Grammar): OrderKey[] {
  if (orders.length > orderLimit) throw invalid(`order_by takes at most ${orderLimit} fields. Got ${orders.length}.`);
  const keys = orders.map((order) => {
    if (order.length > orderLimit_chars)
      throw invalid(`A field of order_by takes at most ${orderLimit_chars} characters. Got ${order.length}.`);
    const wrong = (why: string): SlipwayError => invalid(`Invalid order_by clause '${order.slice(0, shown_chars)}'. ${why}`);
    const [, name = '', direction = 'asc'] = /^\s*(\S.*?)(?:\s+(asc|desc))?\s*$/is.exec(order) ?? [];
    const isName = name !== '' && new RegExp(`^${part}(?:\\.(?:[\\p{L}\\p{N}_]+|\`[^\`]*\`|"[^"]*"))*$`, 'u').test(name);
    if (!isName && !/^[Rr]un [Nn]ame$/.test(name)) throw wrong('Could not be parsed.');
    const { kind, key } = readName(name, grammar, wrong);
    const attribute = kind === 'attribute' ? own(grammar.attributes, key) : undefined;
    if (kind === 'attribute' && !attribute) throw wrong(unknownAttribute(key, grammar));
    return { kind, key: attribute?.key ?? key, descending: direction.toLowerCase() === 'desc' };
  });
  const names = keys.map(({ kind, key }) => `${kind}.${key}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw invalid(`\`order_by\` contains duplicate fields: ${twice}`);
  return keys;
}
