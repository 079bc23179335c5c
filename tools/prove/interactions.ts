import type { Page } from 'playwright-core';

/** What somebody did in a page and how long it held them, by the browser's Event Timing: from the event to the next frame that was shown. */
export interface Interaction {
  readonly name: string;
  readonly ms: number;
}

/** Begins to watch; scripts of the page are text, since they run there. Less than 16 ms the browser does not tell. */
export async function watchInteractions(page: Page): Promise<void> {
  await page.evaluate(`globalThis.interactions = [];
    new PerformanceObserver((list) => interactions.push(...list.getEntries().map(({ name, duration }) => ({ name, ms: duration }))))
      .observe({ type: 'event', durationThreshold: 16 });`);
}

/** What was told since the last time that somebody asked. */
export function interactionsOf(page: Page): Promise<Interaction[]> {
  return page.evaluate<Interaction[]>('interactions.splice(0)');
}
