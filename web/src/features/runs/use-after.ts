import { useEffect, useState } from 'react';

/** A value that follows its original once that has been still, and `ready`, for a while; null until then. For what may come after the rows. */
export function useAfter<T>(value: T, ready: boolean, wait_ms: number): T | null {
  const [after, setAfter] = useState<T | null>(null);
  useEffect(() => {
    if (!ready || Object.is(value, after)) return;
    const timer = setTimeout(() => setAfter(value), wait_ms);
    return () => clearTimeout(timer);
  }, [value, after, ready, wait_ms]);
  return after;
}
