import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Scope, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { axeFindings, complaintsOf, openBrowser, withoutBrowser } from './browser.fixture.ts';

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

/** Charts and graphs are parts of their own; the part that waits for ever says so after a while. */
async function drawn(page: Page): Promise<void> {
  await page.locator('.uplot canvas').nth(1).waitFor();
  await page.locator('.react-flow__node').first().waitFor();
  await page.getByText('Still waiting for the server.').waitFor();
}

describe('the design', { skip: withoutBrowser }, () => {
  const undo: (() => unknown)[] = [];
  const scope: Scope = { after: (step) => undo.push(step) };
  let page: Page;
  let complaints: string[];
  before(async () => {
    const folder = temporaryFolder(scope);
    const [server, browser] = await Promise.all([startServer(scope, folder, ['--data', `${folder}/data`]), openBrowser(scope)]);
    page = await browser.newPage({ reducedMotion: 'reduce' });
    complaints = complaintsOf(page);
    await page.goto(`${server.address}/design`);
    await drawn(page);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test('every part in all its states fits both widths, light and dark, and is clean by axe', async () => {
    const faults: string[] = [];
    for (const size of sizes) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(300);
        const at = `${size.width} ${colorScheme}`;
        // Each width and each scheme once: axe takes its time over so many parts.
        if (size.width > 1000 === (colorScheme === 'light')) {
          faults.push(...(await axeFindings(page)).map((finding) => `${at}: ${finding}`));
        }
        const over_px = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over_px > 0) faults.push(`${at}: ${over_px} px wider than the window`);
      }
    }
    assert.deepEqual(faults, []);
  });

  test('all 10,000 rows and 300 columns of the grid are reached by keys; few of them are in the page', async () => {
    await page.setViewportSize(sizes[0]);
    const grid = page.getByRole('grid', { name: 'Made rows' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '10001');
    assert.equal(await grid.getAttribute('aria-colcount'), '301');
    await grid.getByRole('gridcell').nth(1).focus();
    await page.keyboard.press('Control+End');
    const last = page.locator('[role=gridcell]:focus');
    await page.locator('[role=gridcell][id$="-9999-300"]:focus').waitFor();
    assert.match((await last.textContent()) ?? '', /^(0|1|–|NaN)/);
    assert.ok((await grid.getByRole('row').count()) < 60);
    assert.ok((await grid.getByRole('gridcell').count()) < 1500);
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('1 selected').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Home');
    await page.locator('[role=gridcell][id*="-0-"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/^Opened /).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await grid.locator('[role=columnheader][title="metric-1"]').waitFor();
  });

  test('a column is sorted and hidden by keys', async () => {
    const grid = page.getByRole('grid', { name: 'Made rows' });
    const title = grid.locator('[role=columnheader][title="metric-1"]');
    const first = async () => Number(await grid.locator('[id$="-0-3"]').textContent());
    assert.equal(await title.getAttribute('aria-sort'), 'descending');
    assert.ok((await first()) > 0.99);
    await title.focus();
    await page.keyboard.press('Enter');
    await page.locator('[aria-sort=ascending]:focus').waitFor();
    const least = await first();
    assert.ok(least < 0.05, `${least} comes first`);
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('menuitem', { name: 'Hide' }).press('Enter');
    await title.waitFor({ state: 'detached' });
  });

  test('a dialog takes the focus, wants a reason, and gives the focus back', async () => {
    const opener = page.getByRole('button', { name: 'Go back to v17?' });
    await opener.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Go back to v17?' });
    await dialog.getByRole('textbox', { name: 'Reason' }).waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Go back to v17 now' }).isDisabled(), true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('button:focus', { hasText: 'Go back to v17?' }).waitFor();
    await opener.press('Enter');
    await dialog.locator('textarea:focus, input:focus').waitFor();
    await page.keyboard.type('guards of v18 broke');
    await page.keyboard.press('Enter');
    await page.getByText('Said yes: guards of v18 broke').waitFor();
    await dialog.waitFor({ state: 'detached' });
  });

  test('a refusal is told in the dialog that asked', async () => {
    await page.getByRole('button', { name: 'Go back to v1?' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Go back to v1?' });
    assert.match((await dialog.getByRole('alert').textContent()) ?? '', /Version 1 of delay is retired.*version_retired/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a menu is opened, walked and left by keys', async () => {
    const more = page.getByRole('button', { name: 'More' });
    await more.press('Enter');
    await page.getByRole('menuitem', { name: 'Rename' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Archive').waitFor();
    await more.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  });

  test('figures of a chart that are no numbers stand in its table', async () => {
    const chart = page.getByRole('region', { name: 'auc by step' });
    await chart.getByRole('button', { name: 'Table' }).press('Enter');
    const text = (await chart.getByRole('table').textContent()) ?? '';
    assert.match(text, /NaN/);
    assert.match(text, /\+∞/);
  });

  test('the browser has nothing to say', () => {
    assert.deepEqual(complaints, []);
  });
});
