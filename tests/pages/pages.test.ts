import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type PageAddress, pageAddresses } from '../../tools/page-addresses.ts';
import { type Scope, startServer } from '../journeys/a-server.fixture.ts';
import { axeFindings, complaintsOf, openBrowser, type Played, serveDemo, settled, signIn, withoutBrowser } from './browser.fixture.ts';
import { contractsText, DataWords, untranslated } from './pseudo.fixture.ts';

const admin = { name: 'Mara', email: 'mara@example.org', password: 'four swans on a quiet lake' };
const viewer = { name: 'Vik', email: 'vik@example.org', password: 'nine lamps in a dark hall' };

/** What is wrong with pages, each at both widths, light and dark: complaints of the browser, findings of axe, what does not fit, errors shown. */
async function faultsOf(page: Page, server: string, addresses: readonly PageAddress[]): Promise<string[]> {
  const faults = complaintsOf(page);
  for (const { path } of addresses) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${server}${path}`);
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await settled(page);
        const at = `${path} at ${width} ${colorScheme}`;
        faults.push(...(await axeFindings(page)).map((finding) => `${at}: ${finding}`));
        const headings = await page.locator('h1').count();
        const over_px = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (headings !== 1) faults.push(`${at}: ${headings} h1`);
        if (over_px > 0) faults.push(`${at}: ${over_px} px wider than the window`);
      }
    }
    faults.push(...(await page.getByRole('alert').allTextContents()).map((text) => `${path}: ${text}`));
  }
  return faults;
}

describe('the pages', { skip: withoutBrowser }, () => {
  const undo: (() => unknown)[] = [];
  const scope: Scope = { after: (step) => undo.push(step) };
  let played: Played;
  let browser: Browser;
  let page: Page;
  before(async () => {
    [played, browser] = await Promise.all([serveDemo(scope), openBrowser(scope)]);
    const { client } = played.server.admin;
    const params = { project: played.project };
    await client.access.createPerson({ body: { ...admin, server_admin: true } });
    await client.access.addMember({ params, body: { email: admin.email, role: 'admin', execute: true, clock: true } });
    await client.access.createPerson({ body: viewer });
    await client.access.addMember({ params, body: { email: viewer.email, role: 'viewer' } });
    page = await signIn(scope, browser, played.server, admin.email);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test('every page shows real things at both widths, light and dark, without complaint, and clean by axe', async () => {
    const addresses = await pageAddresses(played.server.admin.client, played.project);
    // Two readers, one for each core.
    const readers = [page, await signIn(scope, browser, played.server, admin.email)];
    const faults = await Promise.all(
      readers.map((reader, nth) =>
        faultsOf(
          reader,
          played.server.address,
          addresses.filter((_, at) => at % readers.length === nth),
        ),
      ),
    );
    assert.deepEqual(faults.flat(), []);
  });

  test('home says what the API says', async () => {
    const { client } = played.server.admin;
    const params = { project: played.project };
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${played.server.address}/p/${played.project}`);
    await settled(page);
    const [deployment] = (await client.deployments.list({ params })).items;
    const text = (await page.locator('main').textContent()) ?? '';
    assert.ok(text.includes(`Version ${deployment?.champion} serves ${deployment?.name}.`), text);
    const { figures } = await client.reports.summary({ params });
    assert.ok(text.includes(`${figures.retrainings} trained again, ${figures.promotions} promoted`), text);
    const [dataset] = (await client.datasets.list({ params })).items;
    assert.ok(text.includes((dataset?.latest?.rows ?? 0).toLocaleString('en-US')), text);
    const [verdict] = (await client.gates.verdicts({ params })).items;
    const holds = verdict?.evidence.filter((one) => one.holds).length;
    assert.ok(text.includes(`${holds} / ${verdict?.evidence.length}`), text);
  });

  test('an address with three runs compares three runs, with the measures that the API has', async () => {
    const { client } = played.server.admin;
    const [first] = (await client.runs.list({ params: { project: played.project } })).items;
    const compare = (await pageAddresses(client, played.project)).find(({ name }) => name === 'compare');
    await page.goto(`${played.server.address}${compare?.path}`);
    await settled(page);
    const text = (await page.locator('main').textContent()) ?? '';
    assert.match(text, /Compare 3 runs/);
    const auc = first?.metrics.find(({ key }) => key === 'auc')?.value;
    assert.ok(typeof auc === 'number' && text.includes(String(Number(auc.toPrecision(4)))), text);
  });

  test('by keyboard alone a place is reached, and the palette finds a thing by its name', async () => {
    await page.goto(`${played.server.address}/p/${played.project}`);
    await settled(page);
    // Whoever knows the keys does not wait for the page: its arrival must not take the cursor out of the palette.
    const isOpen = Promise.withResolvers<void>();
    const pageScript = /models-page.*\.js$/;
    await page.route(pageScript, (route) => isOpen.promise.then(() => route.continue()));
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.keyboard.press('Control+k');
    await page.locator('[role=combobox]:focus').waitFor();
    isOpen.resolve();
    await page.locator('main h1', { hasText: 'Models' }).waitFor();
    await page.unroute(pageScript);
    await page.keyboard.type('depart');
    await page.getByRole('option', { name: /departures/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/datasets\/departures$/);
  });

  test('names that people chose are shown whole and do nothing', async () => {
    const { client } = played.server.admin;
    const params = { project: played.project };
    const hostile = [`<img src=x onerror="document.title='broken in'">`, '\u200Fa\u200Eexe.gnp عربي', '🦢'.repeat(60), 'x'.repeat(200)];
    for (const name of hostile) await client.runs.createExperiment({ params, body: { name } });
    // What turns the direction of all that follows is no name at all.
    await assert.rejects(client.runs.createExperiment({ params, body: { name: 'a\u202Eexe.gnp' } }), { code: 'invalid_input' });
    await page.goto(`${played.server.address}/p/${played.project}/experiments`);
    await settled(page);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const name of hostile) assert.ok(text.includes(name), name);
    assert.doesNotMatch(await page.title(), /broken in/);
    assert.equal(await page.locator('main img').count(), 0);
  });

  test('every text is of the catalogue, and nothing overflows where a language is two fifths longer', async () => {
    const reader = await signIn(scope, browser, played.server, admin.email);
    const data = new DataWords(contractsText());
    await data.hear(reader);
    const faults: string[] = [];
    for (const { path } of await pageAddresses(played.server.admin.client, played.project)) {
      await reader.setViewportSize({ width: 1440, height: 900 });
      await reader.goto(`${played.server.address}${path}${path.includes('?') ? '&' : '?'}words=pseudo`);
      await settled(reader);
      faults.push(...(await untranslated(reader, data)).map((text) => `${path}: ${text}`));
      for (const width of [1440, 390]) {
        await reader.setViewportSize({ width, height: 900 });
        await settled(reader);
        const over_px = await reader.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over_px > 0) faults.push(`${path} at ${width}: ${over_px} px wider than the window`);
      }
    }
    assert.deepEqual(faults, []);
  });

  test('links that the MLflow client prints open our pages, after a sign-in too', async () => {
    const { client } = played.server.admin;
    const { address } = played.server;
    const [run] = (await client.runs.list({ params: { project: played.project } })).items;
    const link = `${address}/#/experiments/${run?.experiment}/runs/${run?.id}`;
    await page.goto(link);
    await page.waitForURL(`${address}/p/${played.project}/runs/${run?.id}`);
    await page.getByRole('heading', { level: 1, name: run?.name ?? '' }).waitFor();
    await page.goto(`${address}/#/experiments/${run?.experiment}`);
    await page.waitForURL(`${address}/p/${played.project}/experiments/${run?.experiment}`);
    await page.goto(`${address}/#/models/delay/versions/1?workspace=${played.project}`);
    await page.waitForURL(`${address}/p/${played.project}/models/delay/versions/1`);
    await page.goto(`${address}/#/models/nobody`);
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.waitForURL(/\/sign-in\?next=/);
    await stranger.getByLabel('Email').fill(admin.email);
    await stranger.getByLabel('Password').fill(admin.password);
    await stranger.keyboard.press('Enter');
    await stranger.waitForURL(`${address}/p/${played.project}/runs/${run?.id}`);
    await stranger.context().close();
  });

  test('the bell lists what needs the reader, by keys, and leads there', async () => {
    const { client } = played.server.admin;
    const params = { project: played.project };
    const open = (await client.monitors.incidents({ params, query: { severity: 'incident', state: 'open' } })).items;
    await page.goto(`${played.server.address}/p/${played.project}`);
    await settled(page);
    const bell = page.getByRole('button', { name: /^What needs you: / });
    await bell.press('Enter');
    const entries = page.getByRole('menu').getByRole('menuitem');
    await entries.first().waitFor();
    // Each open incident, and a link to the rest below them.
    assert.equal(await entries.count(), Math.min(open.length, 8) + 1);
    assert.deepEqual(await axeFindings(page), []);
    if (open.length === 0) await page.getByText(/^Nothing needs you now/).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(open.length === 0 ? /\/p\/flights$/ : new RegExp(`/incidents/${open.at(-1)?.id}$`));
  });

  test('a viewer reads everything, and what a viewer may not do says why', async () => {
    const reader = await signIn(scope, browser, played.server, viewer.email);
    await reader.goto(`${played.server.address}/p/${played.project}/deployments/delay`);
    await settled(reader);
    assert.equal(await reader.getByRole('button', { name: 'Release a version' }).first().isDisabled(), true);
    await reader
      .getByLabel(/it needs the right “write” in the project flights/)
      .first()
      .waitFor();
  });

  test('which version served at a moment takes three clicks', async () => {
    await page.goto(`${played.server.address}/p/${played.project}`);
    await settled(page);
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('tab', { name: 'What served when' }).click();
    await page.getByRole('textbox', { name: 'Moment' }).fill('2013-04-10T10:00');
    await page.getByText(/^v1/).first().waitFor();
    const { items } = await played.server.admin.client.deployments.rollouts({ params: { project: played.project, deployment: 'delay' } });
    const second = items.find(({ version }) => version === 2);
    assert.ok((second?.started_ms ?? 0) > Date.parse('2013-04-10T14:00Z'), 'version 2 came later');
  });

  test('going back to a version that was retired is not offered, and refused by whatever road', async () => {
    const { client } = played.server.admin;
    const params = { project: played.project, deployment: 'delay' };
    await page.goto(`${played.server.address}/p/${played.project}/deployments/delay`);
    await settled(page);
    // The demo ended by retiring the version that was displaced.
    await page.getByRole('button', { name: 'Release a version' }).first().waitFor();
    assert.equal(await page.getByRole('button', { name: /^Go back/ }).count(), 0);
    await assert.rejects(client.deployments.rollback({ params, body: {} }), { code: 'version_retired' });
    assert.equal((await client.deployments.get({ params })).champion, 2);
  });

  test('the mark says when the server is away; when it is back, the mark is live again and what failed is asked again', async () => {
    await page.goto(`${played.server.address}/p/${played.project}/monitors?tab=incidents`);
    await page.getByText(/^Live, /).waitFor();
    await played.server.stop('SIGKILL');
    await page.getByText(/^Not live since /).waitFor({ timeout: 30_000 });
    // Asked while nobody answers, and answered without another click.
    await page.getByRole('radiogroup').getByText('Closed', { exact: true }).click();
    const alert = page.getByRole('alert').getByText(/tries again by itself/);
    await alert.first().waitFor({ timeout: 60_000 });
    const port = new URL(played.server.address).port;
    played = { ...played, server: await startServer(scope, '/', ['--data', played.server.data, '--port', port]) };
    await page.getByText(/^Live, /).waitFor({ timeout: 30_000 });
    await alert.first().waitFor({ state: 'detached', timeout: 30_000 });
    assert.equal(await page.getByRole('alert').count(), 0);
  });
});
