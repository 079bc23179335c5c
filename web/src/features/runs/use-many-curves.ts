import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type CurvesWanted, drawnOf, type ManyCurves, readCurves } from './many-curves.ts';

/** Curves of many runs, which come in steps while the page goes on; another question, or leaving, ends the one before. */
export function useManyCurves({ project, metric, numbers, steps }: CurvesWanted) {
  const [part, setPart] = useState<ManyCurves | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [attempt, setAttempt] = useState(0);
  const kept = useRef<ManyCurves | null>(null);
  const [from, to] = [steps?.from, steps?.to];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same again
  useEffect(() => {
    const stop = new AbortController();
    setError(null);
    const wanted = { project, metric, numbers, steps: from === undefined || to === undefined ? null : { from, to } };
    readCurves(
      wanted,
      kept.current,
      (next) => {
        kept.current = next;
        setPart(next);
      },
      stop.signal,
    ).catch((problem: unknown) => {
      if (!stop.signal.aborted) setError(problem instanceof Error ? problem : new Error(String(problem)));
    });
    return () => stop.abort();
  }, [project, metric, numbers, from, to, attempt]);
  const drawn = useMemo(() => (part ? drawnOf(part, numbers) : null), [part, numbers]);
  return { drawn, buckets: part?.buckets ?? null, error, again: useCallback(() => setAttempt((before) => before + 1), []) };
}
