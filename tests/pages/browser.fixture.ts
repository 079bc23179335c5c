import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { freePort } from '../../tools/free-port.ts';
import { checkout, launch, type Scope, type Server, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';

/** Debian's package, or whatever the variable names. */
const programs = [process.env['SLIPWAY_CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const browserProgram = programs.find((path) => path !== '' && existsSync(path));

/** For `skip` of a test: false where there is a browser. CI has one, and fails on a skipped test. */
export const withoutBrowser = browserProgram === undefined ? 'no Chromium here: install it, or name it in SLIPWAY_CHROMIUM' : false;

export async function openBrowser(t: Scope): Promise<Browser> {
  // As root Chromium has no sandbox; it shows only our own pages here.
  const browser = await chromium.launch({ executablePath: browserProgram ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  t.after(() => browser.close());
  return browser;
}

export interface Played {
  readonly server: Server;
  readonly project: string;
}

/** A server that holds the first weeks of the demo: versions, verdicts, rollouts, windows, incidents, an execution that ran again. */
export async function serveDemo(t: Scope, until = '2013-04-28'): Promise<Played> {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const play = join(checkout, 'examples/flights/demo/play.ts');
  const words = ['--exit', '--port', String(await freePort()), '--data', data, '--until', until, '--json'];
  const played = await launch(t, checkout, ['--disable-warning=ExperimentalWarning', play, ...words], { program: process.execPath }).ended;
  assert.match(played.out, /"kind":"report"/, `${played.out.slice(-2000)}\n${played.error}`);
  return { server: await startServer(t, folder, ['--data', data]), project: 'flights' };
}

/** A page of somebody who has come by a one-time link, as the demo prints it. */
export async function signIn(t: Scope, browser: Browser, server: Server, email: string): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  t.after(() => context.close());
  const page = await context.newPage();
  const { path } = await server.admin.client.access.createSignInLink({ body: { email } });
  await page.goto(`${server.address}${path}`);
  await page.getByRole('button', { name: /^Sign in as / }).click();
  await page.waitForURL(`${server.address}/`);
  return page;
}

/** Collects what goes wrong in a page without anybody seeing it. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  return complaints;
}

/** Waits until nothing is loading: no skeleton, no answer under way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(150);
}

const axeSource = readFileSync(join(checkout, 'node_modules/axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe finds serious or critical by WCAG 2.2 A and AA, a line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // By evaluation and not as a script element, which the policy of the page refuses.
  await page.evaluate(axeSource);
  const found = await page.evaluate<AxeResult>(`axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(rules)} } })`);
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}
