import { invalid } from './refusal.ts';
import { isWire, type Wire } from './wire.ts';

/** What is asked of one field, with what is asked below it; null below a value. */
export interface Selected {
  readonly name: string;
  readonly alias: string;
  readonly input: Wire;
  readonly fields: readonly Selected[] | null;
}

/** Those of MLflow's server (mlflow/server/graphql/graphql_no_batching.py). */
const limits = { chars: 50_000, depth: 10, selections: 1000, rootFields: 10, aliases: 10, nested: 20 } as const;

/** White space, commas and comments mean nothing. Neither pattern goes back over what it has read. */
const ignored = /(?:[\s,\uFEFF]+|#[^\n]*)*/y;
const pattern = /(?<name>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<text>"(?:[^"\\\n]|\\.)*")|(?<sign>[{}()[\]:!=@$])/y;

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
}

/**
 * Reads a query of one operation. The web app of MLflow sends four of them; they have no fragments, so those are refused.
 * The grammar is that of the GraphQL specification (October 2021), sections 2.3 to 2.10.
 */
export function readQuery(text: string, variables: Wire): readonly Selected[] {
  if (text.length > limits.chars) throw invalid(`A query has at most ${limits.chars} characters. Got ${text.length}.`);
  return new QueryReader(tokensOf(text), variables).query();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; at = pattern.lastIndex) {
    ignored.lastIndex = at;
    ignored.test(text);
    pattern.lastIndex = ignored.lastIndex;
    if (pattern.lastIndex >= text.length) return tokens;
    const start = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups ?? {};
    const kind = (['name', 'number', 'text', 'sign'] as const).find((one) => groups[one] !== undefined);
    if (!kind) throw invalid(`Syntax Error: Unexpected character at ${start + 1}.`);
    tokens.push({ kind, text: groups[kind] ?? '' });
  }
}

class QueryReader {
  readonly #tokens: readonly Token[];
  readonly #variables: Wire;
  readonly #defaults = new Map<string, unknown>();
  #at = 0;
  #selections = 0;

  constructor(tokens: readonly Token[], variables: Wire) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  query(): readonly Selected[] {
    const { kind, text } = this.#peek();
    if (kind === 'name') {
      if (text !== 'query' && text !== 'mutation') throw invalid(`Syntax Error: Unexpected Name '${text}'.`);
      this.#next();
      if (this.#peek().kind === 'name') this.#next();
      if (this.#take('(')) while (!this.#take(')')) this.#definition();
      this.#directives();
    }
    const fields = this.#fields(1);
    if (this.#peek().kind !== 'end') throw invalid('A request asks by one operation, without fragments.');
    if (fields.length > limits.rootFields) throw tooMany('root fields', limits.rootFields, fields.length);
    return fields;
  }

  /** `$data: MlflowGetRunInput! = {}`; what the type is, the field that takes it knows. */
  #definition(): void {
    this.#expect('$');
    const name = this.#name();
    this.#expect(':');
    while (this.#take('['));
    this.#name();
    while (this.#take(']') || this.#take('!'));
    if (this.#take('=')) this.#defaults.set(name, this.#value(1));
    this.#directives();
  }

  #directives(): void {
    while (this.#take('@')) {
      this.#name();
      this.#arguments();
    }
  }

  #arguments(): Map<string, unknown> {
    const found = new Map<string, unknown>();
    if (!this.#take('(')) return found;
    while (!this.#take(')')) {
      const name = this.#name();
      this.#expect(':');
      found.set(name, this.#value(1));
    }
    return found;
  }

  #fields(depth: number): Selected[] {
    if (depth > limits.depth) throw invalid(`Query exceeds maximum depth of ${limits.depth}`);
    this.#expect('{');
    const fields: Selected[] = [];
    let aliases = 0;
    while (!this.#take('}')) {
      if (++this.#selections > limits.selections) throw invalid(`Query exceeds maximum total selections of ${limits.selections}`);
      const alias = this.#name();
      const isAlias = this.#take(':');
      if (isAlias && ++aliases > limits.aliases) throw tooMany('aliases', limits.aliases, aliases);
      const name = isAlias ? this.#name() : alias;
      const input = this.#arguments().get('input');
      this.#directives();
      const below = this.#isNext('{') ? this.#fields(depth + 1) : null;
      fields.push({ name, alias, input: isWire(input) ? input : {}, fields: below });
    }
    return fields;
  }

  #value(depth: number): unknown {
    if (depth > limits.nested) throw invalid(`A value is nested at most ${limits.nested} deep.`);
    if (this.#take('$')) {
      const name = this.#name();
      return Object.hasOwn(this.#variables, name) ? this.#variables[name] : this.#defaults.get(name);
    }
    if (this.#take('[')) {
      const items: unknown[] = [];
      while (!this.#take(']')) items.push(this.#value(depth + 1));
      return items;
    }
    if (this.#take('{')) {
      const members: [string, unknown][] = [];
      while (!this.#take('}')) {
        const name = this.#name();
        this.#expect(':');
        members.push([name, this.#value(depth + 1)]);
      }
      return Object.fromEntries(members);
    }
    const { kind, text } = this.#next();
    if (kind === 'text') return textOf(text);
    if (kind === 'number') return Number(text);
    if (kind === 'name') return text === 'null' ? null : text === 'true' || (text === 'false' ? false : text);
    throw unexpected({ kind, text });
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #isNext(sign: string): boolean {
    const { kind, text } = this.#peek();
    return kind === 'sign' && text === sign;
  }

  #take(sign: string): boolean {
    const isThere = this.#isNext(sign);
    if (isThere) this.#at++;
    else if (this.#peek().kind === 'end' && (sign === ')' || sign === '}' || sign === ']')) throw unexpected(this.#peek());
    return isThere;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw unexpected(this.#peek());
  }

  #name(): string {
    const token = this.#next();
    if (token.kind !== 'name') throw unexpected(token);
    return token.text;
  }
}

function textOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw invalid('Syntax Error: Invalid character escape sequence.');
  }
}

function unexpected({ kind, text }: Token): Error {
  return invalid(`Syntax Error: Unexpected ${kind === 'end' ? '<EOF>' : `'${text.slice(0, 40)}'`}.`);
}

function tooMany(what: string, limit: number, got: number): Error {
  return invalid(`GraphQL queries should have at most ${limit} ${what}, got ${got} ${what}.`);
}
