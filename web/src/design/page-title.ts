import { useSyncExternalStore } from 'react';

/** What the page in view is called: its frame knows it once its answer has come, and crumbs show it in place of an id. */
let title = '';
const listeners = new Set<() => void>();

export function tellTitle(next: string): void {
  title = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Empty while no page is there. */
export function usePageTitle(): string {
  return useSyncExternalStore(subscribe, () => title);
}
