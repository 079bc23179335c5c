import type { Actors } from './accounts.ts';
import { inProject } from './names.ts';
import type { Again } from './patience.ts';
import type { Sender } from './sender.ts';
import { settle } from './settle.ts';
import type { Day } from './tape.ts';
import { shortDate, type Terminal } from './terminal.ts';

interface Playing {
  readonly sender: Sender;
  readonly terminal: Terminal;
  readonly again: Again;
}

export interface Played {
  readonly unmatched: number;
  readonly requests: number;
  readonly wall_ms: number;
}

/** Plays days in their order: the flights, what became known of them, the clock, and then whatever the server does about it. */
export async function playYear(days: readonly Day[], actors: Actors, play: Playing): Promise<Played> {
  const { sender, terminal, again } = play;
  const started_ms = performance.now();
  const progress = createProgress(days, terminal, () => performance.now());
  let unmatched = 0;
  for (const day of days) {
    unmatched += await playDay(day, sender, () => progress.answered(day.date));
    await actors.requester.client.access.advanceClock({ params: inProject, body: { now_ms: day.end_ms } });
    await again(() => settle(actors));
    progress.ended(day);
  }
  terminal.progress(null);
  return { unmatched, requests: days.reduce((sum, day) => sum + day.departures.length, 0), wall_ms: performance.now() - started_ms };
}

/**
 * Answers how many outcomes named a row that the server does not know. When the server was away, the whole day is sent once more:
 * an answer is no acknowledged write, so a kill may have lost the rows of the last tenth of a second, and outcomes without rows
 * are worth nothing. Rows and outcomes that were kept are only replaced.
 */
export async function playDay({ departures, outcomes }: Day, sender: Sender, onAnswer: () => void): Promise<number> {
  const bodies = departures.map(({ request }) => request);
  const elements = outcomes.map(({ outcome }) => outcome);
  const answers: string[] = [];
  for (;;) {
    const before = sender.counts.again;
    await sender.predictAll(bodies, answers, onAnswer);
    const unmatched = await sender.outcomes(elements);
    if (sender.counts.again === before) return unmatched;
  }
}

const redraw_ms = 100;
const recent_ms = 1_000;

/** One line: the day, how far, requests a second lately, and how long it may still take. */
function createProgress(days: readonly Day[], terminal: Terminal, now: () => number) {
  const started_ms = now();
  let ended = 0;
  let answered = 0;
  let drawn_ms = 0;
  let mark = { at_ms: started_ms, answered: 0 };
  let rate = '';

  function draw(date: string): void {
    const at_ms = now();
    if (at_ms - drawn_ms < redraw_ms) return;
    drawn_ms = at_ms;
    if (at_ms - mark.at_ms > recent_ms) {
      rate = `  ${Math.round(((answered - mark.answered) / (at_ms - mark.at_ms)) * 1000)} requests/s`;
      mark = { at_ms, answered };
    }
    const share = ended / days.length;
    const left = ended === 0 ? '' : `, ${span((at_ms - started_ms) * (1 / share - 1))} left`;
    terminal.progress(`${shortDate(date)}  ${String(Math.floor(share * 100)).padStart(3)}%${rate}${left}`);
  }

  return {
    answered(date: string) {
      answered++;
      if (answered % 32 === 0) draw(date);
    },
    ended(day: Day) {
      ended++;
      draw(day.date);
    },
  };
}

export function span(span_ms: number): string {
  const seconds = Math.round(span_ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
