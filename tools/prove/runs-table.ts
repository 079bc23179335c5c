/**
 * How the page of an experiment behaves with very many runs: scrolled, sorted, filtered, and a thousand of them drawn as curves, measured
 * in a real browser. Tasks come from the browser's tracing, interactions from its Event Timing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@slipway/sdk';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startServer } from '../bench/a-started-server.ts';
import { interactionsOf, watchInteractions } from './interactions.ts';
import { seedRows } from './seeded-rows.ts';

const usage = `node tools/prove/runs-table.ts [--runs N] [--curves N] [--points N] [--chromium PATH]
node tools/prove/runs-table.ts --page URL_OF_AN_EXPERIMENT --metric NAME --above NUMBER [--chromium PATH]
  Without --page a server of its own is filled: --runs (default 100000), the newest --curves of them (1000) with --points points (10000).`;

const project = 'default';
/** No interaction may take longer. */
const limit_ms = 100;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds on the clock and of the thread's own CPU time. */
  readonly dur?: number;
  readonly tdur?: number;
}

interface Measure {
  readonly browser: Browser;
  readonly page: Page;
  /** The longest interaction of all. */
  longest_ms: number;
}

const wait = (page: Page, ms: number) => page.waitForTimeout(ms);

/** Resolves after how many ms the grid has another number of rows, or other rows, and they were drawn. Text, since it runs in the page. */
const otherRows = `globalThis.otherRows = new Promise((resolve) => {
  const rows = () => document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount') + document.querySelector('[role="gridcell"] b, [role="gridcell"] a')?.textContent;
  const before = rows();
  addEventListener('keydown', ({ timeStamp }) => {
    new MutationObserver((_, observer) => {
      if (rows() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
    }).observe(document.body, { subtree: true, attributes: true, childList: true, characterData: true });
  }, { once: true, capture: true });
}); undefined`;

/**
 * Runs `work` under the browser's tracing and prints the longest task of the page's main thread, by the clock (what Long Tasks would
 * say) and by its own CPU time (what it would be on a machine that does nothing else), and the longest interaction.
 */
async function measured(measure: Measure, what: string, work: () => Promise<string | undefined>): Promise<void> {
  const { browser, page } = measure;
  await interactionsOf(page);
  await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'disabled-by-default-devtools.timeline'] });
  const said = await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const script = traceEvents.find(({ name }) => name === 'FunctionCall');
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => name.endsWith('RunTask') && ph === 'X' && pid === script?.pid && tid === script.tid,
  );
  const most = (values: readonly number[]) => Math.round(Math.max(0, ...values));
  const clock = most(tasks.map(({ dur = 0 }) => dur / 1000));
  const cpu = most(tasks.map(({ tdur = 0 }) => tdur / 1000));
  const interactions = await interactionsOf(page);
  const longest = interactions.toSorted((a, b) => b.ms - a.ms)[0] ?? { name: 'none', ms: 0 };
  measure.longest_ms = Math.max(measure.longest_ms, longest.ms);
  const tail = said ? `; ${said}` : '';
  console.log(`${what}: longest interaction ${longest.ms} ms (${longest.name}), task ${clock} ms by the clock, ${cpu} ms of CPU${tail}`);
}

async function scroll(page: Page, steps: number, x: number, y: number): Promise<undefined> {
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(x, y);
    await wait(page, 30);
  }
  await wait(page, 600);
  return undefined;
}

async function tablePhases(measure: Measure, { metric, above }: { readonly metric: string; readonly above: string }): Promise<void> {
  const { page } = measure;
  const grid = page.locator('[role="grid"]');
  await grid.hover();
  await measured(measure, 'scroll down, usual columns', () => scroll(page, 80, 0, 400));
  await measured(measure, 'open the chooser, show all columns', async () => {
    await page.getByRole('button', { name: /^Columns/ }).click();
    await wait(page, 6000);
    await page.getByRole('button', { name: /^Show all \d/ }).click();
    await page.keyboard.press('Escape');
    await wait(page, 2000);
    return `${await grid.getAttribute('aria-colcount')} columns, ${await grid.getAttribute('aria-rowcount')} rows`;
  });
  await grid.hover();
  await measured(measure, 'scroll down, all columns', () => scroll(page, 80, 0, 400));
  await measured(measure, 'scroll across, all columns', () => scroll(page, 60, 300, 0));
  console.log(`in the page: ${await page.locator('[role="row"]').count()} rows, ${await page.locator('[role="gridcell"]').count()} cells`);
  for (const text of [
    `${metric} > ${above}`,
    `${metric} > ${above} and status = failed`,
    'params.depth = 8',
    `not ${metric} > ${above}`,
    '',
  ]) {
    await measured(measure, `filter ${text || '(none)'}`, async () => {
      await page.getByRole('combobox').first().fill(text);
      await wait(page, 200);
      await page.evaluate(otherRows);
      await page.keyboard.press('Enter');
      const after_ms = await page.evaluate<number>('otherRows');
      await wait(page, 2500);
      return `rows after ${Math.round(after_ms)} ms`;
    });
  }
}

/** All curves, while somebody goes on using the page, and then what one does with them. */
async function curvePhases(measure: Measure): Promise<void> {
  const { page } = measure;
  const picture = page.locator('figure .u-over');
  const all = page.getByText(/ points, every one inside its line/);
  await measured(measure, 'all curves come, while the table is scrolled and the curves are pointed to', async () => {
    const began = performance.now();
    await page.getByText(/^(All|First) [\d,]{3,}$/).click();
    await picture.waitFor();
    const first_ms = performance.now() - began;
    for (let nth = 0; !(await all.isVisible()); nth++) {
      if (nth % 2 === 0) {
        await page.locator('[role="grid"]').hover();
        await scroll(page, 5, 0, 400);
      } else await sweep(page, 8);
    }
    return `first curves after ${Math.round(first_ms)} ms, all after ${((performance.now() - began) / 1000).toFixed(1)} s`;
  });
  await measured(measure, 'point along the curves', async () => {
    await sweep(page, 60);
    return undefined;
  });
  await measured(measure, 'select three by a press', async () => {
    const area = await areaOf(page);
    for (const share of [0.3, 0.5, 0.7]) {
      await page.mouse.click(area.x + area.width * share, area.y + area.height * share);
      await wait(page, 400);
    }
    return undefined;
  });
  await measured(measure, 'drag to zoom', async () => {
    const area = await areaOf(page);
    const began = performance.now();
    await page.mouse.move(area.x + area.width * 0.3, area.y + 50);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.4, area.y + 50, { steps: 10 });
    await page.mouse.up();
    const part = page.getByRole('img', { name: / runs from step [1-9]/ });
    await part.waitFor();
    await all.waitFor({ timeout: 60_000 });
    return `all curves of the part after ${((performance.now() - began) / 1000).toFixed(1)} s`;
  });
}

async function areaOf(page: Page) {
  const picture = page.locator('figure .u-over');
  await picture.scrollIntoViewIfNeeded();
  const area = await picture.boundingBox();
  if (!area) throw new Error('no curves are drawn');
  return area;
}

async function sweep(page: Page, steps: number): Promise<void> {
  const area = await areaOf(page);
  for (let step = 0; step < steps; step++) {
    const share = (step + 0.5) / steps;
    await page.mouse.move(area.x + area.width * share, area.y + area.height * (0.2 + 0.6 * (step % 2)));
    await wait(page, 30);
  }
}

async function openSeeded(runs: number, curves: number, points: number) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-runs-table-'));
  const data = join(folder, 'data');
  const empty = await startServer(data);
  const { id } = await createClient({ server: empty.address }).runs.createExperiment({ params: { project }, body: { name: 'seeded' } });
  await empty.stop();
  const began = performance.now();
  seedRows({ file: join(data, 'slipway.db'), experiment: Number(id), runs, curves, points });
  console.log(`${runs} runs, ${curves} of them with ${points} points, seeded in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const server = await startServer(data);
  return {
    address: `${server.address}/p/${project}/experiments/${id}`,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      page: { type: 'string' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
      metric: { type: 'string', default: 'auc' },
      above: { type: 'string', default: '0.85' },
      runs: { type: 'string', default: '100000' },
      curves: { type: 'string', default: '1000' },
      points: { type: 'string', default: '10000' },
    },
  });
  const [runs, curves, points] = [values.runs, values.curves, values.points].map(Number);
  if (!runs || !curves || !points || curves > runs) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const seeded = values.page === undefined ? await openSeeded(runs, curves, points) : null;
  const browser = await chromium.launch({ executablePath: values.chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    console.log(`Chromium ${browser.version()}, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(seeded?.address ?? values.page ?? '');
    await page.locator('[role="gridcell"]').first().waitFor();
    await wait(page, 5000);
    await watchInteractions(page);
    const measure: Measure = { browser, page, longest_ms: 0 };
    await curvePhases(measure);
    await tablePhases(measure, { metric: values.metric, above: values.above });
    console.log(`longest interaction of all: ${measure.longest_ms} ms, limit ${limit_ms} ms; load ${(loadavg()[0] ?? 0).toFixed(1)}`);
    if (measure.longest_ms > limit_ms) process.exitCode = 1;
  } finally {
    await browser.close();
    await seeded?.stop();
  }
}

await main();
