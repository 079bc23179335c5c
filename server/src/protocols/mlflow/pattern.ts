import { setImmediate as othersFirst } from 'node:timers/promises';
import { type Context, createContext, Script } from 'node:vm';
import { invalid } from './refusal.ts';

const patternLimit_chars = 500;
/** A pattern that goes back and forth for ever must not hold the server: so many values at a time, and no longer than this for them. */
const slice = 200;
const sliceLimit_ms = 45;
const allLimit_ms = 2000;

const search = new Script('values.filter((value) => pattern.test(shown(value)))');

/** Those that a regular expression finds something in; `shown` is how clients read a value. */
export async function matching(pattern: string, values: readonly string[], shown = (value: string): string => value): Promise<string[]> {
  if (pattern.length > patternLimit_chars)
    throw invalid(`A pattern of RLIKE has at most ${patternLimit_chars} characters. Got ${pattern.length}.`);
  const context = createContext({ pattern: compiled(pattern), values: [] as readonly string[], shown });
  const found: string[] = [];
  const end = performance.now() + allLimit_ms;
  for (let from = 0; from < values.length; from += slice) {
    if (performance.now() > end) throw tooLong(pattern);
    found.push(...matchingIn(context, pattern, values.slice(from, from + slice)));
    await othersFirst();
  }
  return found;
}

function matchingIn(context: Context, pattern: string, values: readonly string[]): string[] {
  context['values'] = values;
  try {
    return search.runInContext(context, { timeout: sliceLimit_ms }) as string[];
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`Invalid regular expression '${pattern}': ${error.message}`);
    throw tooLong(pattern);
  }
}

/** Python takes a backslash before more signs than the stricter of the two readings does. */
function compiled(pattern: string): RegExp {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch (error) {
      if (flags === '') throw invalid(`Invalid regular expression '${pattern}': ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }
  throw invalid(`Invalid regular expression '${pattern}'`);
}

function tooLong(pattern: string): Error {
  return invalid(`The regular expression '${pattern}' takes too long here. Make it simpler, or use LIKE.`);
}
