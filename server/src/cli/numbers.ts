import { usageProblem } from './problem.ts';

/** A whole number that was typed, from `least` on. `name` is the word that the message calls it by. */
export function wholeNumber(text: string, name: string, least = 1): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least && text.trim() !== '') return number;
  throw usageProblem(`${name} is ${text}: expected a whole number from ${least} on.`, 'Correct it and run the command again.');
}

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * UTC milliseconds of what was typed: a date (its midnight in UTC), an ISO 8601 time with its offset, or the milliseconds
 * themselves. A time without an offset is refused: it is another moment on another machine.
 */
export function timeOf(text: string, name: string): number {
  const iso = isoTime.exec(text);
  const at_ms = /^\d{11,15}$/.test(text) ? Number(text) : iso === null ? Number.NaN : Date.parse(text);
  const isLocal = text.includes(':') && iso?.groups?.['offset'] === undefined;
  if (Number.isFinite(at_ms) && !isLocal) return at_ms;
  throw usageProblem(
    `${name} is ${text}: expected a time${isLocal ? ' with its offset' : ''}.`,
    'Write it as in 2013-03-01, 2013-03-01T14:05:00Z or 2013-03-01T14:05:00-05:00.',
  );
}
