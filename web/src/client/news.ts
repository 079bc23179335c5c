import { useSyncExternalStore } from 'react';

/** When the server was last heard, in ms since 1970; what the mark "Live, 2 s ago" is made of. */
let heardAt_ms: number | undefined;
const listeners = new Set<() => void>();

export function noteNews(): void {
  heardAt_ms = Date.now();
  for (const listener of listeners) listener();
}

/** Calls the listener at each sign of life; what it returns ends that. */
export function onNews(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Undefined until the first sign of life. */
export function useHeardAt(): number | undefined {
  return useSyncExternalStore(onNews, () => heardAt_ms);
}
