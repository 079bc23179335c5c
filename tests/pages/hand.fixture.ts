import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** Somebody at a page. Counts as the journeys do: one for each press of a pointer, key command and field that is typed in. */
export interface Hand {
  readonly page: Page;
  /** With a pointer: a press on it. By keys: goes to it with Tab and presses Enter. */
  press(what: Locator): Promise<void>;
  /** One of several tabs: by keys they are one stop of Tab, and arrows go between them. */
  openTab(name: string): Promise<void>;
  /** Typing in a field counts as one, however long. */
  type(field: Locator, text: string): Promise<void>;
  /** The same in a field of a moment, `2013-03-10T11:00`: by keys month, day, year, hour and minute, one after the other. */
  typeMoment(field: Locator, moment: string): Promise<void>;
  /** Key commands, one after the other. */
  keys(...keys: readonly string[]): Promise<void>;
  /** The browser's way back. */
  back(): Promise<void>;
  /** Goes to it and does nothing there; with a pointer that is free, by keys it is Tab, which is free too. */
  reach(what: Locator): Promise<void>;
  clicks(): number;
  /** Counts anew. */
  begin(): void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Pointer extends Hand {
  drag(from: Point, to: Point): Promise<void>;
}

const patience_ms = 20_000;
const moment_ms = 500;
/** More presses of Tab than this to reach something is no way to work. */
const tabsLimit = 90;

export function pointerOn(page: Page): Pointer {
  let clicks = 0;
  return {
    page,
    async press(what) {
      clicks++;
      await what.click({ timeout: patience_ms });
    },
    async openTab(name) {
      clicks++;
      await page.getByRole('tab', { name }).click({ timeout: patience_ms });
    },
    async type(field, text) {
      clicks++;
      await field.fill(text, { timeout: patience_ms });
    },
    reach: (what) => what.waitFor({ timeout: patience_ms }),
    async keys(...keys) {
      clicks += keys.length;
      for (const key of keys) await page.keyboard.press(key);
    },
    async back() {
      clicks++;
      await page.goBack();
    },
    async typeMoment(field, moment) {
      clicks++;
      await field.fill(moment, { timeout: patience_ms });
    },
    async drag(from, to) {
      clicks++;
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 4 });
      await page.mouse.up();
    },
    clicks: () => clicks,
    begin: () => (clicks = 0),
  };
}

/** Nothing but keys: before and after every one of them something in view has the focus, and it is seen that it has. */
export function keyboardOn(page: Page): Hand {
  let clicks = 0;
  // A page that was just loaded has its focus nowhere yet.
  let isFresh = true;
  page.on('load', () => (isFresh = true));
  const assertSeen = async (when: string): Promise<void> => {
    if (isFresh) return;
    // Where a button was taken away by its own action, the focus has a moment to find its place.
    for (let waited_ms = 0; waited_ms < moment_ms && (await faultOfFocus(page)) !== ''; waited_ms += 50) await page.waitForTimeout(50);
    assert.equal(await faultOfFocus(page), '', `${when} at ${page.url()}`);
  };
  const strike = async (key: string): Promise<void> => {
    await assertSeen(`before ${key}`);
    await page.keyboard.press(key);
    if (key !== 'Tab') return;
    isFresh = false;
    // Behind the last thing of a page Tab leads to the browser's own bar, and from there to the first.
    if (await page.evaluate<boolean>('document.activeElement === document.body')) await page.keyboard.press('Tab');
    await assertSeen('after Tab');
  };
  const reach = async (what: Locator): Promise<void> => {
    await what.waitFor({ timeout: patience_ms });
    for (let tabs = 0; tabs < tabsLimit; tabs++) {
      if (await what.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await strike('Tab');
    }
    assert.fail(`not reached with Tab: ${what.toString()}`);
  };
  return {
    page,
    reach,
    async press(what) {
      await reach(what);
      await strike('Enter');
      clicks++;
    },
    async openTab(name) {
      await reach(page.getByRole('tab', { selected: true }));
      const tab = page.getByRole('tab', { name });
      for (let steps = 0; steps < tabsLimit && (await tab.getAttribute('aria-selected')) !== 'true'; steps++) await strike('ArrowRight');
      clicks++;
    },
    async type(field, text) {
      await reach(field);
      await page.keyboard.type(text);
      clicks++;
    },
    async typeMoment(field, moment) {
      await reach(field);
      const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/.exec(moment) ?? [];
      await page.keyboard.type(`${month}${day}${year}`);
      await page.keyboard.press('Tab');
      const half = Number(hour) < 12 ? 'AM' : 'PM';
      await page.keyboard.type(`${String(Number(hour) % 12 || 12).padStart(2, '0')}${minute}${half}`);
      clicks++;
    },
    async keys(...keys) {
      for (const key of keys) await strike(key);
      clicks += keys.length;
    },
    async back() {
      await page.goBack();
      clicks++;
    },
    clicks: () => clicks,
    begin: () => (clicks = 0),
  };
}

/** What is wrong with where the focus is; empty when it is on something that is in view and looks focused. Scripts of the page are text. */
async function faultOfFocus(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return 'the focus is lost';
    const name = focused.outerHTML.slice(0, 160);
    // A radio button that is a part of a bar is shown by its label.
    const shown = focused.matches('[type=radio]') && focused.nextElementSibling?.matches('label') ? focused.nextElementSibling : focused;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const isRinged = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    // A field of text shows it by its border and by the cursor in it.
    if (!isRinged && !focused.matches('input:not([type=radio]), textarea, select')) return 'no ring around ' + name;
    const { top, bottom, left, right } = shown.getBoundingClientRect();
    const isInView = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && bottom > top && right > left;
    return isInView ? '' : 'not in view: ' + name;
  })()`);
}
