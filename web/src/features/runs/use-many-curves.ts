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
  // Other steps of the same metric stay until the asked ones are there.
  const shown = part?.metric === metric ? part : null;
  const drawn = useMemo(() => (shown ? drawnOf(shown, numbers) : null), [shown, numbers]);
  return {
    drawn,
    buckets: shown?.buckets ?? null,
    isWhole: shown?.isWhole ?? false,
    error,
    again: useCallback(() => setAttempt((before) => before + 1), []),
  };
}
