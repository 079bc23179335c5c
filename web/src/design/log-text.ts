import { plainOf } from './ansi.ts';

export type LineKind = 'bad' | 'warn' | 'plain';

export interface LogLine {
  /** When it was written; null where the line does not say. */
  readonly at_ms: number | null;
  /** As it came, colours of terminals included. */
  readonly raw: string;
  readonly text: string;
  readonly kind: LineKind;
}

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (.*)$/s;

/** Lines as they come in pieces; what has no line end yet waits for it. */
export class LogText {
  readonly lines: LogLine[] = [];
  #rest = '';
  readonly #problem: string | null;

  /** `problem` is a text that is known to say what went wrong. */
  constructor(problem: string | null = null) {
    this.#problem = problem;
  }

  append(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.lines.push(this.#lineOf(part));
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#rest !== '') this.lines.push(this.#lineOf(this.#rest));
    this.#rest = '';
  }

  #lineOf(part: string): LogLine {
    const [, at, rest] = stamp.exec(part) ?? [];
    const raw = rest ?? part;
    const text = plainOf(raw);
    return {
      at_ms: at === undefined ? null : Date.parse(at),
      raw,
      text,
      kind: text !== '' && text === this.#problem ? 'bad' : kindOf(text),
    };
  }
}

const bad = [
  /^\W*(?:error|fatal|critical|panic)\b/i,
  /^Traceback \(/,
  /\b[A-Z]\w*(?:Error|Exception)\b(?=:|$)/,
  /\b(?:ERROR|FATAL|CRITICAL|PANIC)\b/,
];
const warn = [/^\W*warn(?:ing)?\b/i, /\b[A-Z]\w*Warning\b(?=:|$)/, /\bWARN(?:ING)?\b/];
/** Where a program says how bad a line is, it does so early in it. */
const judged_chars = 400;

/** What a line says about itself, by the words that loggers and runtimes write; a name like `calibration_error` is none. */
export function kindOf(text: string): LineKind {
  const head = text.slice(0, judged_chars);
  if (bad.some((pattern) => pattern.test(head))) return 'bad';
  return warn.some((pattern) => pattern.test(head)) ? 'warn' : 'plain';
}

/** The next line (from 1) after `line` that is a problem, round the end; null when there is none. */
export function nextProblem(lines: readonly LogLine[], line: number): number | null {
  for (let step = 0; step < lines.length; step++) {
    const at = (line + step) % lines.length;
    if (lines[at]?.kind !== 'plain') return at + 1;
  }
  return null;
}

/** The first line (from 1) that is an error; 0 when there is none. */
export function firstError(lines: readonly LogLine[]): number {
  return lines.findIndex(({ kind }) => kind === 'bad') + 1;
}

/** Lines (from 1) that hold a text, whatever its case. */
export function linesWith(lines: readonly LogLine[], find: string): number[] {
  const wanted = find.toLowerCase();
  return wanted === '' ? [] : lines.flatMap(({ text }, index) => (text.toLowerCase().includes(wanted) ? [index + 1] : []));
}
