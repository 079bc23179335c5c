import { useEffect, useState } from 'react';

const tick_ms = 1000;

/** The present by the wall clock; counts on each second while something runs, and stands still otherwise. */
export function useNow(runs: boolean): number {
  const [now_ms, setNow] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNow(Date.now()), tick_ms);
    return () => clearInterval(timer);
  }, [runs]);
  return now_ms;
}
