import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { checkout } from '../journeys/a-server.fixture.ts';

/** All of the contracts: names of fields are among its words. */
export function contractsText(): string {
  const folder = join(checkout, 'contracts/src');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** In the browser: all visible texts in their order, and the texts that are only read out, with what stands inside ⟦ ⟧ taken away. */
const script = `(() => {
  let depth = 0;
  const outside = (text) => {
    let rest = '';
    for (const letter of text) {
      if (letter === '⟦') depth++;
      else if (letter === '⟧') depth--;
      else if (depth === 0) rest += letter;
    }
    return rest.trim();
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: parent, data } = walk.currentNode;
    if (!parent || parent.closest('script, style, noscript, code, pre, kbd') || !parent.checkVisibility()) continue;
    found.push(outside(data));
  }
  const balance = depth;
  depth = 0;
  for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    // The exact time is written in the language of the browser; what is drawn by React Flow is hidden from who could hear it.
    if (element.matches('time, code') || element.closest('.react-flow')) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(outside(element.getAttribute(name) ?? ''));
  }
  return { texts: found.filter((text) => text !== ''), balance };
})()`;

/** What a figure, a time or a size may be made of besides digits. */
const units =
  /^(ms|s|m|h|d|min|B|kB|MB|GB|TB|CPU|NaN|UTC|GMT|v\d+|[eE]|Mon|Tue|Wed|Thu|Fri|Sat|Sun|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)$/;
const wordsOf = (text: string): string[] => (text.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).filter((one) => /\p{L}/u.test(one));

/** The words of every answer that pages got: what people and the server wrote. Keys too where they are names (metrics, params, columns). */
export class DataWords {
  readonly #words = new Set<string>();
  readonly #schema: ReadonlySet<string>;

  /** `schema`: the words of the contracts, which as keys are ours and no data. */
  constructor(schema: string) {
    this.#schema = new Set(wordsOf(schema));
  }

  /** Hears every answer from now on before the page does. The stream of events never ends, and its events are read by no page. */
  async hear(page: Page): Promise<void> {
    await page.route(/\/api\/v1\/(?!.*\/stream)/, async (route) => {
      try {
        const response = await route.fetch({ timeout: 0 });
        const body = await response.body();
        if (response.headers()['content-type']?.includes('json')) this.add(JSON.parse(body.toString('utf8')));
        await route.fulfill({ response, body });
      } catch {
        // The page was left meanwhile, and nobody waits for the answer.
      }
    });
  }

  add(value: unknown): void {
    if (typeof value === 'string') {
      for (const one of wordsOf(value)) this.#words.add(one);
      // A type of event is written as words: `run.started` is "Run started".
      if (/^[a-z-]+\.[a-z-]+$/.test(value)) this.#words.add(value.charAt(0).toUpperCase() + value.slice(1).replace(/[-.].*/, ''));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!this.#schema.has(key)) this.add(key);
        this.add(inner);
      }
    }
  }

  /** Digests and ids are shown by their beginning. */
  has(one: string): boolean {
    return (
      this.#words.has(one) || units.test(one) || (/^[0-9a-f]{8,}$/.test(one) && this.#words.values().some((whole) => whole.startsWith(one)))
    );
  }
}

/** Texts that are neither of the catalogue nor data. */
export async function untranslated(page: Page, data: DataWords): Promise<string[]> {
  const { texts, balance } = await page.evaluate<{ texts: string[]; balance: number }>(script);
  const foreign = texts.filter((text) => wordsOf(text).some((one) => !data.has(one)));
  return [...new Set(foreign), ...(balance === 0 ? [] : [`brackets are off by ${balance}`])];
}
