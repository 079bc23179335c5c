import type { Client } from '@slipway/sdk';
import type { Browser, Locator, Page } from 'playwright-core';

export interface Room {
  readonly client: Client;
  readonly browser: Browser;
  readonly server: string;
  readonly project: string;
  /** The seeded one. */
  readonly experiment: string;
}

/** What was measured, once for each round. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'kB' | 'MB';
  readonly target: number | null;
  readonly values: readonly number[];
}

const deployment = 'delay';
const builder = 'ada@example.org';
/** A wait of the page's own before the pictures; nothing of it is measured. */
const rest_ms = 700;

/** A page of somebody who came by a one-time link; `began` is when the button of the link was pressed. */
export async function signedIn({ client, browser, server }: Room): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const { path } = await client.access.createSignInLink({ body: { email: builder } });
  await page.goto(`${server}${path}`);
  await page.getByRole('button', { name: /^Sign in as / }).click();
  await page.waitForURL(`${server}/`);
  return page;
}

/** MB that the page's scripts hold after a collection. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

type Take = (page: Page) => Promise<number>;

interface Step {
  readonly name: string;
  readonly target_ms: number | null;
  readonly take: Take;
}

/** From a press, or a change of the address, until the content is there. */
async function until(content: Locator, start: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await start();
  await content.first().waitFor({ timeout: 60_000 });
  return performance.now() - began;
}

/** Every step in its order, `rounds` times over. */
export async function stepsOf(room: Room, rounds: number, onRow: (row: Row) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const put = (row: Row) => {
    rows.push(row);
    onRow(row);
  };
  const loads: { readonly script_kB: number; readonly ready_ms: number; readonly signIn_ms: number }[] = [];
  for (let round = 0; round < rounds; round++) loads.push(await firstLoad(room));
  put({ name: 'sign-in link pressed until Home shows its figures', unit: 'ms', target: null, values: loads.map((one) => one.signIn_ms) });
  put({ name: 'first load of Home until it can be used', unit: 'ms', target: 1000, values: loads.map((one) => one.ready_ms) });
  put({ name: 'script of the first load of Home, gzip', unit: 'kB', target: 300, values: loads.map((one) => one.script_kB) });
  const page = await signedIn(room);
  for (const { name, target_ms, take } of await plan(room)) {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      values.push(await take(page));
      await page.waitForTimeout(rest_ms);
    }
    put({ name, unit: 'ms', target: target_ms, values });
  }
  await page.context().close();
  return rows;
}

/** Home in a browser that has nothing of it yet. Ready is when its figures are there and the page has had a moment without work. */
async function firstLoad(room: Room) {
  const { client, browser, server, project } = room;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const { path } = await client.access.createSignInLink({ body: { email: builder, next: `/p/${project}` } });
  await page.goto(`${server}${path}`);
  const figures = page.getByText(/ serves /);
  const signIn_ms = await until(figures, () => page.getByRole('button', { name: /^Sign in as / }).click());
  const ready_ms = await page.evaluate<number>(
    `new Promise((resolve) => requestIdleCallback(() => resolve(performance.now()), { timeout: 5000 }))`,
  );
  const script_kB = await page.evaluate<number>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000`,
  );
  await context.close();
  return { signIn_ms, ready_ms, script_kB };
}

async function plan(room: Room): Promise<Step[]> {
  const { client, server, project, experiment } = room;
  const params = { project };
  const [{ items: incidents }, { items: approvals }, { items: deployments }] = await Promise.all([
    client.monitors.incidents({ params }),
    client.approvals.list({ params }),
    client.deployments.list({ params }),
  ]);
  const at = `${server}/p/${project}`;
  const champion = deployments[0]?.champion ?? 1;
  const earlier = deployments[0]?.previous ?? champion;
  const open = (page: Page, path: string) => page.goto(`${at}${path}`, { waitUntil: 'commit' });
  const heading = (page: Page, name: RegExp) => page.getByRole('heading', { name });
  const rows = (page: Page) => page.getByRole('rowheader');
  const toDeployment = async (page: Page) => {
    await page.goto(`${at}/deployments/${deployment}`);
    await page.getByText('What happens next').first().waitFor();
  };
  let nth = 0;
  return [
    { name: 'experiment opened, from the list', target_ms: 300, take: (page) => throughList(page, at) },
    {
      name: 'filter answered',
      target_ms: 300,
      async take(page) {
        const field = page.getByRole('combobox', { name: 'Filter' });
        // Another limit each time, so that no answer is kept from before, and many kept and few in turn, so that the count changes.
        await field.fill(`pr_auc > ${((nth % 2 === 0 ? 0.86 : 0.82) + nth++ / 10_000).toFixed(4)}`);
        const before = (await kept(page).textContent()) ?? '';
        return until(page.getByRole('status').filter({ hasText: / of / }).filter({ hasNotText: before }), () => field.press('Enter'));
      },
    },
    {
      name: 'two runs compared',
      target_ms: 1000,
      async take(page) {
        await open(page, `/experiments/${experiment}`);
        await rows(page).first().waitFor();
        for (const row of [1 + nth, 2 + nth])
          await page
            .getByRole('grid')
            .getByRole('checkbox')
            .nth(row % 12)
            .check();
        nth++;
        return until(page.getByRole('table').getByText('pr_auc', { exact: true }), () =>
          page.getByRole('button', { name: 'Compare 2' }).click(),
        );
      },
    },
    {
      name: 'version page with its verdict',
      target_ms: 1000,
      take: (page) => until(page.getByText(/criteria/), () => open(page, `/models/delay/versions/${champion}`)),
    },
    {
      name: 'rollout started, shown',
      target_ms: 5000,
      async take(page) {
        await page.goto(`${at}/models/delay/versions/${earlier}`);
        await page.getByRole('button', { name: `Deploy v${earlier}` }).click();
        const start = page.getByRole('dialog').getByRole('button', { name: /^Start rollout/ });
        const took = await until(page.getByText(`Go back to v${champion} now`), () => start.click());
        await toDeployment(page);
        await page.getByRole('button', { name: `Go back to v${champion} now` }).click();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: `Go back to v${champion} now` })
          .click();
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        return took;
      },
    },
    ...goingBack(room, at, { champion, earlier }),
    {
      name: 'incident with its causes',
      target_ms: 1000,
      take: (page) => until(page.getByText('Predictions of these rows'), () => open(page, `/incidents/${incidents[0]?.id}`)),
    },
    {
      name: 'approval with its figures',
      target_ms: 1000,
      take: (page) => until(heading(page, /The figures/), () => open(page, `/questions/approvals/${approvals[0]?.id}`)),
    },
    {
      name: 'what served at a moment',
      target_ms: 1000,
      take: (page) => until(page.getByText(/was answered by/), () => open(page, '/audit?tab=served&at=2013-10-12T10:00')),
    },
  ];
}

const kept = (page: Page) => page.getByRole('status').filter({ hasText: /^[\d,]+ of [\d,]+$/ });

async function throughList(page: Page, at: string): Promise<number> {
  await page.goto(`${at}/experiments`);
  const link = page.getByRole('link', { name: /^seeded-/ }).first();
  await link.waitFor();
  return until(page.getByRole('rowheader').filter({ hasText: /[a-z]/ }), () => link.click());
}

/** From the press that confirms: until the API has the traffic elsewhere, and until the page says so. */
function goingBack(
  { client, project }: Room,
  at: string,
  { champion, earlier }: { readonly champion: number; readonly earlier: number },
): Step[] {
  const params = { project, deployment };
  const moved: number[] = [];
  return [
    {
      name: 'gone back, shown',
      target_ms: 5000,
      async take(page) {
        await client.deployments.roll({ params, body: { version: earlier } });
        await page.goto(`${at}/deployments/${deployment}`);
        await page.getByRole('button', { name: `Go back to v${champion} now` }).click();
        const began = performance.now();
        const pointer = (async () => {
          while ((await client.deployments.get({ params })).split.some(({ version }) => version !== champion))
            await page.waitForTimeout(10);
          moved.push(performance.now() - began);
        })();
        const confirm = page.getByRole('dialog').getByRole('button', { name: `Go back to v${champion} now` });
        const shown = await until(page.getByRole('button', { name: `Go back to v${earlier} now` }), () => confirm.click());
        await pointer;
        return shown;
      },
    },
    { name: 'gone back, pointer moved', target_ms: 1000, take: async () => moved.shift() ?? Number.NaN },
  ];
}
