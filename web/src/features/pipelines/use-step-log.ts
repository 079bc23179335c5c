import { useEffect, useRef, useState } from 'react';
import { type LogLine, LogText } from '../../design/log-text.ts';
import { readLog } from './pipelines-api.ts';

export interface StepLog {
  readonly lines: readonly LogLine[];
  /** It has been read to its end, and more may not come. */
  readonly ended: boolean;
  readonly error: Error | null;
}

const nothing: StepLog = { lines: [], ended: false, error: null };
const look_ms = 1000;

interface Wanted {
  readonly project: string;
  readonly execution: string;
  readonly step: string | undefined;
  readonly attempt: number;
  /** The step runs: more comes. */
  readonly live: boolean;
  /** What is known to have gone wrong, word for word. */
  readonly problem: string | null;
}

/** The log of a step as far as it is there: read once from the start, then from the byte after the last. */
export function useStepLog({ project, execution, step, attempt, live, problem }: Wanted): StepLog {
  const [log, setLog] = useState<StepLog>(nothing);
  const isLive = useRef(live);
  isLive.current = live;
  useEffect(() => {
    setLog(nothing);
    if (step === undefined || attempt === 0) return;
    const stop = new AbortController();
    const text = new LogText(problem);
    const show = (ended: boolean, error: Error | null) => {
      if (!stop.signal.aborted) setLog({ lines: text.lines.slice(), ended, error });
    };
    const follow = async () => {
      for (let from = 0; ; ) {
        // Before the answer: what is written between the two is read in the next round.
        const more = isLive.current;
        const page = await readLog(project, execution, step, attempt, from, stop.signal);
        text.append(page.text);
        const atEnd = page.next === from;
        if (atEnd && !more) break;
        if (!atEnd) show(false, null);
        from = page.next;
        if (atEnd) await new Promise((resolve) => setTimeout(resolve, look_ms));
        if (stop.signal.aborted) return;
      }
      text.end();
      show(true, null);
    };
    follow().catch((error: unknown) => show(false, error instanceof Error ? error : new Error(String(error))));
    return () => stop.abort();
  }, [project, execution, step, attempt, problem]);
  return log;
}
