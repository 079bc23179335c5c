/**
 * How the table of runs behaves with many runs and columns: fill a server with `seed-runs.ts`, then measure in a real browser.
 * Tasks come from the browser's tracing, interactions from its Event Timing.
 */
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const usage = 'node tools/prove/runs-table.ts --page URL_OF_THE_EXPERIMENT --chromium PATH [--metric NAME] [--above NUMBER]';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds on the clock and of the thread's own CPU time. */
  readonly dur?: number;
  readonly tdur?: number;
}

const wait = (page: Page, ms: number) => page.waitForTimeout(ms);

/** Interactions of more than 16 ms, as the browser times them: from the event to the next frame. Scripts of the page are text: they run there. */
const watchInteractions = `globalThis.interactions = [];
  new PerformanceObserver((list) => interactions.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'event', durationThreshold: 16 });`;

/** Presses Enter in the filter and answers after how many ms the grid has another number of rows, and they were drawn. */
const timeFilter = `new Promise((resolve) => {
  const rows = () => document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount');
  const before = rows();
  const start = performance.now();
  new MutationObserver((_, observer) => {
    if (rows() === before) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
  }).observe(document.body, { subtree: true, attributes: true, childList: true });
  document.querySelector('[role="combobox"]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
})`;

/**
 * Runs `work` under the browser's tracing and prints the longest task of the page's main thread, by the clock (what Long Tasks would
 * say) and by its own CPU time (what it would be on a machine that does nothing else).
 */
async function measured(browser: Browser, page: Page, what: string, work: () => Promise<string | undefined>): Promise<void> {
  await page.evaluate('interactions.length = 0');
  await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'disabled-by-default-devtools.timeline'] });
  const said = await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const script = traceEvents.find(({ name }) => name === 'FunctionCall');
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => name.endsWith('RunTask') && ph === 'X' && pid === script?.pid && tid === script.tid,
  );
  const most = (values: readonly number[]) => Math.round(Math.max(0, ...values));
  const clock = tasks.map(({ dur = 0 }) => dur / 1000);
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
  const interactions = (await page.evaluate('interactions')) as number[];
  console.log(
    `${what}: longest task ${most(clock)} ms by the clock, ${most(cpu)} ms of CPU; longest interaction ${most(interactions)} ms${said ? `; ${said}` : ''}`,
  );
}

async function scroll(page: Page, steps: number, x: number, y: number): Promise<undefined> {
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(x, y);
    await wait(page, 30);
  }
  await wait(page, 600);
  return undefined;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      page: { type: 'string' },
      chromium: { type: 'string' },
      metric: { type: 'string', default: 'pr_auc' },
      above: { type: 'string', default: '0.85' },
    },
  });
  if (values.page === undefined || values.chromium === undefined) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(values.page);
  await page.locator('[role="gridcell"]').first().waitFor();
  await wait(page, 5000);
  await page.evaluate(watchInteractions);
  const grid = page.locator('[role="grid"]');
  const phase = (what: string, work: () => Promise<string | undefined>) => measured(browser, page, what, work);
  await grid.hover();
  await phase('scroll down, usual columns', () => scroll(page, 80, 0, 400));
  await phase('open the chooser, show all columns', async () => {
    await page.getByRole('button', { name: /^Columns/ }).click();
    await wait(page, 6000);
    await page.getByRole('button', { name: /^Show all/ }).click();
    await page.keyboard.press('Escape');
    await wait(page, 2000);
    return `${await grid.getAttribute('aria-colcount')} columns, ${await grid.getAttribute('aria-rowcount')} rows`;
  });
  await grid.hover();
  await phase('scroll down, all columns', () => scroll(page, 80, 0, 400));
  await phase('scroll across, all columns', () => scroll(page, 60, 300, 0));
  console.log(`in the page: ${await page.locator('[role="row"]').count()} rows, ${await page.locator('[role="gridcell"]').count()} cells`);
  const { metric, above } = values;
  for (const text of [`${metric} > ${above}`, `${metric} > ${above} and status = failed`, 'params.depth = 8', `not ${metric} > ${above}`]) {
    await phase(`filter ${text}`, async () => {
      await page.getByRole('combobox').first().fill(text);
      const after_ms = (await page.evaluate(timeFilter)) as number;
      await wait(page, 2500);
      return `rows after ${Math.round(after_ms)} ms`;
    });
  }
  await browser.close();
}

await main();
