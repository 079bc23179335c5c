import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Scope } from '../journeys/a-server.fixture.ts';
import { complaintsOf, openBrowser, type Played, serveDemo, settled, signIn, withoutBrowser } from './browser.fixture.ts';
import {
  approve,
  askForPeopleOnly,
  assertSplit,
  deploy,
  findCause,
  goBack,
  type Loop,
  type Moved,
  retrain,
  until,
  whatServed,
} from './flow-loop.fixture.ts';
import {
  assertComparedAsInApi,
  assertRegistered,
  dragOnMetric,
  experimentName,
  openSearch,
  type SeededRuns,
  seedSearch,
} from './flow-runs.fixture.ts';
import { type Hand, keyboardOn, pointerOn } from './hand.fixture.ts';

/** Clicks that a journey may cost; see docs/benchmarks.md for what each costs. */
const targets = { compareAndRegister: 7, deploy: 4, back: 2, cause: 3, retrain: 1, sign: 3, served: 3 };
const limits = { moved_ms: 1_000, shown_ms: 5_000 };
/** Early enough to have no rollout but the first. */
const early_ms = Date.parse('2013-03-10T15:00Z');

describe('the journeys', { skip: withoutBrowser }, () => {
  const undo: (() => unknown)[] = [];
  const scope: Scope = { after: (step) => undo.push(step) };
  let played: Played;
  let browser: Browser;
  let search: SeededRuns;
  let loop: Loop;
  /** Who builds, and who approves. */
  let ada: Page;
  let ben: Page;
  let complaints: string[];
  /** The version that the journeys by pointer made, approved and deployed. */
  let released = 0;
  const home = async (page: Page) => {
    await page.goto(`${played.server.address}/p/${played.project}`);
    await settled(page);
  };
  const within = (hand: Hand, target: number, what: string) => {
    assert.ok(hand.clicks() <= target, `${what} took ${hand.clicks()} clicks, at most ${target}`);
    hand.begin();
  };
  const delay = () => ({ project: played.project, deployment: 'delay' });
  const assertQuick = ({ moved_ms, shown_ms }: Moved) => {
    assert.ok(moved_ms < limits.moved_ms, `the pointer moved after ${moved_ms} ms`);
    assert.ok(shown_ms < limits.shown_ms, `it was shown after ${shown_ms} ms`);
  };
  before(async () => {
    // Three weeks hold a champion and columns that moved: what the journeys begin with.
    [played, browser] = await Promise.all([serveDemo(scope, '2013-03-24'), openBrowser(scope)]);
    const { client } = played.server.admin;
    loop = { client, project: played.project };
    search = await seedSearch(client, played.project);
    await askForPeopleOnly(loop);
    ada = await signIn(scope, browser, played.server, 'ada@example.org');
    ben = await signIn(scope, browser, played.server, 'ben@example.org');
    complaints = [ada, ben].flatMap(complaintsOf);
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test('the best runs are found on an axis, compared and registered in seven clicks, and the address shows another person the same', async () => {
    const hand = pointerOn(ada);
    await home(ada);
    await openSearch(hand);
    const { from, shown } = await dragOnMetric(hand);
    const { experiment, project, client } = search;
    const filter = `pr_auc >= ${from}`;
    const { runs } = await client.runs.find({ params: { project }, query: { experiment, filter } });
    assert.equal(shown, `${runs.length} of 160`);
    const rows = ada.getByRole('grid').getByRole('checkbox');
    for (const row of [1, 2]) await hand.press(rows.nth(row));
    await hand.press(ada.getByRole('button', { name: 'Compare 2' }));
    const compared = await assertComparedAsInApi(search, hand);

    const other = await ben.context().newPage();
    await other.goto(ada.url());
    await settled(other);
    assert.equal(await other.locator('table').first().textContent(), await ada.locator('table').first().textContent());
    await other.close();

    await hand.press(ada.getByRole('button', { name: new RegExp(`^Register .* as ${experimentName}$`) }));
    await assertRegistered(search, hand, compared);
    within(hand, targets.compareAndRegister, 'finding and registering the best run');
  });

  test('a metric that is spelt wrong is told with its nearest name, and runs without the metric are counted', async () => {
    await ada.goto(`${played.server.address}/p/${search.project}/experiments/${search.experiment}`);
    await settled(ada);
    const field = ada.getByRole('combobox', { name: 'Filter' });
    await field.fill('pr_auk > 0.8');
    await field.press('Enter');
    await ada
      .getByRole('alert')
      .getByText(/pr_auk/)
      .waitFor();
    await ada.getByRole('button', { name: 'Use metrics.pr_auc' }).click();
    await ada
      .getByRole('status')
      .filter({ hasText: / of 160$/ })
      .waitFor();
    await field.fill('log_loss < 1');
    await field.press('Enter');
    const { client, project, experiment } = search;
    const lacking = await client.runs.find({ params: { project }, query: { experiment, filter: 'log_loss is missing' } });
    assert.ok(lacking.runs.length > 0);
    await ada.getByRole('button', { name: `${lacking.runs.length} have no log_loss` }).click();
    await ada
      .getByRole('status')
      .filter({ hasText: `${lacking.runs.length} of 160` })
      .waitFor();
  });

  test('from what moved to its rows in three clicks, trained again in one more, signed by a second person in three, taken back in two', async () => {
    const hand = pointerOn(ada);
    await home(ada);
    const incident = await findCause(loop, hand);
    within(hand, targets.cause, 'the cause');
    // Going back to the incident is part of the way to the button, and of the three.
    const version = await retrain(loop, hand, incident);
    released = version;
    within(hand, 1 + targets.retrain, 'going back and training again');

    await ada.goto(`${played.server.address}/p/${played.project}/questions`);
    await ada.getByText('You asked for this release, so a second person must decide.').first().waitFor();
    const second = pointerOn(ben);
    await home(ben);
    await approve(loop, second, version, /^Review/);
    within(second, targets.sign, 'signing');

    await until('the rollout', async () => (await loop.client.deployments.get({ params: delay() })).rollout?.version === version);
    await ada.goto(`${played.server.address}/p/${played.project}/deployments/delay`);
    await assertSplit(loop, hand);
    const back = () => hand.press(ada.getByRole('button', { name: 'Go back to v1 now' }));
    assertQuick(await goBack(loop, hand, 1, back));
    within(hand, targets.back, 'going back');

    await ada.goto(`${played.server.address}/p/${played.project}/models/delay/versions/${version}`);
    await settled(ada);
    await deploy(loop, hand, version);
    within(hand, targets.deploy, 'starting a rollout');
    await assertSplit(loop, hand);

    await home(ben);
    await whatServed(loop, second, early_ms);
    within(second, targets.served, 'what served when');
  });

  test('the same by keys alone: the focus is always seen and never lost', async () => {
    const hand = keyboardOn(ada);
    await home(ada);
    await hand.keys('g', 'e');
    await ada.waitForURL(/\/experiments$/);
    await settled(ada);
    await hand.press(ada.getByRole('link', { name: experimentName }));
    await ada.waitForURL(/\/experiments\/\d+/);
    await settled(ada);
    await hand.keys('/');
    const field = ada.getByRole('combobox', { name: 'Filter' });
    await hand.type(field, 'pr_auc > 0.862 and status = finished');
    await hand.keys('Enter');
    await ada.waitForURL(/f=/);
    await settled(ada);
    await hand.reach(ada.getByRole('grid').locator('[tabindex="0"]').first());
    await hand.keys('x', 'ArrowDown', 'x', 'c');
    const compared = await assertComparedAsInApi(search, hand);
    await hand.press(ada.getByRole('button', { name: new RegExp(`^Register .* as ${experimentName}$`) }));
    await assertRegistered(search, hand, compared);

    // Deployed above: taken back by its key.
    await hand.keys('g', 'd');
    await ada.waitForURL(/\/deployments$/);
    await settled(ada);
    await hand.press(ada.getByRole('main').getByRole('link', { name: 'delay', exact: true }).first());
    await ada.waitForURL(/\/deployments\/delay/);
    await settled(ada);
    hand.begin();
    assertQuick(await goBack(loop, hand, 1, () => hand.keys('Shift+B')));
    within(hand, targets.back, 'going back by keys');

    await ada.goto(`${played.server.address}/p/${played.project}/models/delay/versions/${released}`);
    await settled(ada);
    await deploy(loop, hand, released);
    within(hand, targets.deploy, 'starting a rollout by keys');

    await hand.keys('g', 'h');
    await ada.waitForURL(/\/p\/flights$/);
    await settled(ada);
    const incident = await findCause(loop, hand);
    const version = await retrain(loop, hand, incident);

    const second = keyboardOn(ben);
    await home(ben);
    await second.keys('g', 'q');
    await ben.waitForURL(/\/questions$/);
    await settled(ben);
    await approve(loop, second, version, /^Review/);
    await second.keys('g', 'h');
    await ben.waitForURL(/\/p\/flights$/);
    await settled(ben);
    await whatServed(loop, second, early_ms);

    await hand.keys('Control+k');
    const palette = ada.getByRole('combobox', { name: 'Search or jump to' });
    await hand.type(palette, 'depart');
    await ada.getByRole('option', { name: /departures/ }).waitFor();
    await hand.press(palette);
    await ada.waitForURL(/\/datasets\/departures$/);
    assert.deepEqual(complaints, []);
  });
});
