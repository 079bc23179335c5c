import { useInsertionEffect, useMemo, useRef } from 'react';

/** Functions that stay the same from render to render and do what the newest ones do, so that rows need not be drawn again for them. */
export function useLatest<T extends Readonly<Record<string, (...args: never[]) => unknown>>>(functions: T): T {
  const held = useRef(functions);
  useInsertionEffect(() => {
    held.current = functions;
  });
  return useMemo(
    () => Object.fromEntries(Object.keys(held.current).map((name) => [name, (...args: never[]) => held.current[name]?.(...args)])) as T,
    [],
  );
}
