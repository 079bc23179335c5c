import { failure, type SlipwayError } from '../../kernel/error.ts';

/**
 * The filter of runs: `pr_auc > 0.80 and params.depth = 8 and (status = failed or name contains "try")`.
 * A condition on what a run does not have is false; `pr_auc is missing` finds those.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly field: Word; readonly operator: Operator; readonly value: Word }
  | { readonly kind: 'missing'; readonly field: Word };

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'contains';

export interface Word {
  readonly text: string;
  /** Of its first character in the filter, from 0. */
  readonly at: number;
  /** Text in quotes is never a number, a time or a word of the language. */
  readonly quoted: boolean;
}

const operators: ReadonlySet<string> = new Set(['=', '!=', '>', '>=', '<', '<=', 'contains']);
const depthLimit = 20;
const conditionLimit = 50;

/** Null for an empty filter. */
export function parseFilter(text: string): Condition | null {
  const words = wordsOf(text);
  if (words.length === 0) return null;
  const reader = new Reader(words, text.length);
  const condition = reader.either(0);
  const rest = reader.peek();
  if (rest) throw mistake(rest, '`and`, `or` or the end');
  return condition;
}

/** A mistake with the place of the word, which a page marks, and the nearest known name where there is one. */
export function mistake(word: Word, expected: string, nearest: readonly string[] = []): SlipwayError {
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.map((name) => `\`${name}\``).join(' or ')}?` : 'see the reference of the filter';
  const found = word.text === '' ? 'the end' : `\`${word.text}\``;
  return failure('filter_not_understood', { at: word.at + 1, found, expected, hint }, { at: word.at, length: word.text.length, nearest });
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const pattern = /\s*(?:(?<quote>["'`])(?<inner>[^"'`]*)\k<quote>|(?<sign>!=|>=|<=|==|[=<>()])|(?<word>[^\s()=<>!"'`]+))/gy;
  let at = 0;
  while (at < text.trimEnd().length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    const found = groups?.['inner'] ?? groups?.['sign'] ?? groups?.['word'];
    if (found === undefined) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      throw mistake({ text: text.charAt(start), at: start, quoted: false }, 'a name, a value or a closed quote');
    }
    const quoted = groups?.['inner'] !== undefined;
    words.push({ text: found === '==' && !quoted ? '=' : found, at: pattern.lastIndex - found.length - (quoted ? 1 : 0), quoted });
    at = pattern.lastIndex;
  }
  return words;
}

/** Recursive descent; `or` binds least, then `and`, then `not`. */
class Reader {
  readonly #words: readonly Word[];
  readonly #end: Word;
  #at = 0;
  #conditions = 0;

  constructor(words: readonly Word[], length: number) {
    this.#words = words;
    this.#end = { text: '', at: length, quoted: true };
  }

  peek(): Word | undefined {
    return this.#words[this.#at];
  }

  either(depth: number): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#one(depth)));
  }

  #chain(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part();
    const parts = [first];
    while (this.#take(kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #one(depth: number): Condition {
    if (depth > depthLimit) throw mistake(this.peek() ?? this.#end, `at most ${depthLimit} parentheses inside each other`);
    if (this.#take('not')) return { kind: 'not', part: this.#one(depth + 1) };
    if (!this.#take('(')) return this.#condition();
    const inner = this.either(depth + 1);
    if (!this.#take(')')) throw mistake(this.peek() ?? this.#end, '`)`');
    return inner;
  }

  #condition(): Condition {
    if (++this.#conditions > conditionLimit) throw mistake(this.peek() ?? this.#end, `at most ${conditionLimit} conditions`);
    const field = this.#next('a name, as in `pr_auc` or `params.depth`');
    if (!field.quoted && (operators.has(field.text) || /^[()]$/.test(field.text))) throw mistake(field, 'a name before it');
    if (this.#take('is')) {
      const known = this.#take('not') || this.#take('known');
      if (!known || this.#words[this.#at - 1]?.text === 'not') this.#expect('missing');
      return known ? { kind: 'not', part: { kind: 'missing', field } } : { kind: 'missing', field };
    }
    const operator = this.#next('`=`, `!=`, `>`, `<`, `contains` or `is missing`');
    if (operator.quoted || !operators.has(operator.text)) throw mistake(operator, '`=`, `!=`, `>`, `<`, `contains` or `is missing`');
    const value = this.#next('a value');
    if (!value.quoted && (operators.has(value.text) || /^[()]$/.test(value.text))) throw mistake(value, 'a value');
    return { kind: 'compare', field, operator: operator.text as Operator, value };
  }

  #next(expected: string): Word {
    const word = this.#words[this.#at];
    if (!word) throw mistake(this.#end, expected);
    this.#at++;
    return word;
  }

  #take(text: string): boolean {
    const word = this.peek();
    if (!word || word.quoted || word.text.toLowerCase() !== text) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw mistake(this.peek() ?? this.#end, `\`${text}\``);
  }
}

/** Known names that differ from `wrong` in few letters, or hold it; at most three, nearest first. */
export function nearestNames(wrong: string, known: readonly string[]): string[] {
  const plain = (name: string) => name.toLowerCase().replace(/^(metrics|params|tags)\./, '');
  const asked = plain(wrong);
  const far = Math.max(2, Math.floor(asked.length / 3));
  return known
    .map((name) => ({ name, distance: Math.min(distance(asked, plain(name)), plain(name).includes(asked) ? 1 : far + 1) }))
    .filter(({ distance }) => distance <= far)
    .sort((a, b) => a.distance - b.distance || a.name.length - b.name.length)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's, over the first 60 characters. */
function distance(a: string, b: string): number {
  const [left, right] = [a.slice(0, 60), b.slice(0, 60)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
