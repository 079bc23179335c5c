import { plain } from './format.ts';
import { usageProblem } from './problem.ts';

/** One of a few words that were typed. `what` is the word that the message calls it by. */
export function chosen<Choice extends string>(what: string, got: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === got);
  if (found !== undefined) return found;
  throw usageProblem(`${what} ${plain(got)} is not known.`, `Choose one of ${choices.join(', ')}.`);
}
