/**
 * Takes a picture of every page: `npm run screens -- --server http://127.0.0.1:7575`, of a server that holds the demo's year and runs with
 * `--auth off`. Needs Chromium. The pictures in docs/screens are made so.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@slipway/sdk';
import { chromium } from 'playwright-core';
import { checkoutRoot } from './checkout.ts';
import { pageAddresses } from './page-addresses.ts';

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Besides the light, wide picture that every page has. */
const more = [
  { name: 'home', suffix: '-dark', size: wide, colorScheme: 'dark' },
  { name: 'deployment', suffix: '-dark', size: wide, colorScheme: 'dark' },
  { name: 'home', suffix: '-phone', size: phone, colorScheme: 'light' },
  { name: 'approval', suffix: '-phone', size: phone, colorScheme: 'light' },
] as const;

/** Charts and graphs are fetched and laid out after the page is there. */
const settle_ms = 1000;
const longest_ms = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: 'http://127.0.0.1:7575' },
      project: { type: 'string', default: 'flights' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
    },
  });
  const folder = join(checkoutRoot, 'docs/screens');
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: values.chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  const take = async (path: string, file: string, viewport: typeof wide, colorScheme: 'light' | 'dark') => {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${values.server}${path}`);
    await page.locator('h1').first().waitFor();
    await page.waitForTimeout(settle_ms);
    // A report of a whole year takes its time; a picture of the wait would say nothing.
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached', timeout: longest_ms });
    await page.waitForTimeout(settle_ms);
    await page.screenshot({ path: join(folder, `${file}.png`) });
    await page.close();
    console.log(`docs/screens/${file}.png`);
  };
  try {
    const pages = await pageAddresses(createClient({ server: values.server }), values.project);
    for (const { name, path } of pages) {
      await take(path, name, wide, 'light');
      for (const one of more) if (one.name === name) await take(path, `${name}${one.suffix}`, one.size, one.colorScheme);
    }
  } finally {
    await browser.close();
  }
}

await main();
