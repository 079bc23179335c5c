import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@slipway/sdk';
import { settled } from './browser.fixture.ts';
import type { Hand } from './hand.fixture.ts';

/** The project whose model drifts, is trained again, approved, rolled out and taken back. */
export interface Loop {
  readonly client: Client;
  readonly project: string;
}

const poll_ms = 25;
const patience_ms = 120_000;

/** Asks until there is an answer. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | null | false>, patience = patience_ms): Promise<T> {
  for (const end = Date.now() + patience; Date.now() < end; await wait(poll_ms)) {
    const found = await ask();
    if (found !== undefined && found !== null && found !== false) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Any version passes, and one person must say yes: the journeys are about the way, not about how good March is. */
export async function askForPeopleOnly({ client, project }: Loop): Promise<void> {
  const body = { model: 'delay', criteria: [{ kind: 'bound' as const, metric: 'auc', min: 0.5 }], approvals: { production: 1 } };
  await client.gates.define({ params: { project, gate: 'release' }, body });
}

/** From home to what moved, ranked, and to the rows that it moved in. Answers the incident. */
export async function findCause({ client, project }: Loop, hand: Hand) {
  const { page } = hand;
  await hand.press(page.getByRole('link', { name: 'See cause' }).last());
  await page.waitForURL(/\/incidents\//);
  await settled(page);
  const incident = await client.monitors.incident({ params: { project, incident: page.url().split('/').at(-1) ?? '' } });
  const ranked = page.getByRole('listitem').filter({ hasText: / of the shift$| of the shift/ });
  await ranked.first().waitFor();
  const shown = await ranked.locator('b').allTextContents();
  const columns = incident.causes.filter(({ kind }) => kind === 'column').map(({ column }) => column);
  assert.ok(shown.length > 0, 'causes are shown');
  assert.deepEqual(shown, columns.slice(0, shown.length), 'in the order of the API');
  const first = incident.causes[0];
  assert.ok(first && ((await ranked.first().textContent()) ?? '').includes(first.text), 'with its words');
  await hand.press(ranked.first().getByRole('link', { name: 'Predictions of these rows' }));
  await page.waitForURL(/tab=predictions/);
  await settled(page);
  const asked = new URL(page.url()).searchParams;
  const window = { from_ms: Number(asked.get('from')), to_ms: Number(asked.get('to')) };
  const { items } = await client.deployments.rows({ params: { project, deployment: 'delay' }, query: { ...window, limit: 1 } });
  assert.ok(items.length === 1, 'the window of the incident has rows');
  return incident;
}

/** Back on the incident: starts a retraining and sees it join. Answers the version that it made. */
export async function retrain(
  { client, project }: Loop,
  hand: Hand,
  incident: { readonly id: string; readonly opened_event: number },
): Promise<number> {
  const { page } = hand;
  await hand.back();
  await page.waitForURL(new RegExp(`/incidents/${incident.id}`));
  await settled(page);
  await hand.press(page.getByRole('button', { name: 'Start retraining' }));
  const started = page.getByRole('link', { name: /^Execution \d+ was started\.$/ });
  const path = (await started.getAttribute('href')) ?? '';
  await page.getByRole('list', { name: 'What happened' }).locator(`a[href="${path}"]`).waitFor();
  const id = path.split('/').at(-1) ?? '';
  const { execution } = await client.pipelines.execution({ params: { project, execution: id } });
  const { story } = await client.audit.why({ params: { project, number: execution.started_event } });
  assert.equal(story.at(-2)?.number, incident.opened_event, 'the audit trail says why');
  return until('the version of the retraining', async () => {
    const now = (await client.pipelines.execution({ params: { project, execution: id } })).execution;
    assert.notEqual(now.state, 'failed', now.error ?? '');
    return now.version;
  });
}

/** Approves what waits, from home or from the list of questions. */
export async function approve({ client, project }: Loop, hand: Hand, version: number, review: RegExp): Promise<void> {
  const { page } = hand;
  const asked = await until('the question', async () =>
    (await client.approvals.list({ params: { project } })).items.find((one) => one.version === version && one.state === 'requested'),
  );
  await hand.press(page.getByRole('link', { name: review }).first());
  await page.waitForURL(new RegExp(`/questions/approvals/${asked.id}`));
  await page.getByRole('table', { name: 'The figures' }).waitFor();
  await settled(page);
  const { items } = await client.gates.verdicts({ params: { project } });
  const auc = items.find((one) => one.version === version)?.evidence.find(({ metric }) => metric === 'auc')?.value;
  const text = (await page.locator('main').textContent()) ?? '';
  assert.ok(auc != null && text.includes(String(Number(auc.toPrecision(4)))), `auc ${String(auc)}: ${text}`);
  await hand.type(page.getByRole('textbox', { name: 'Why' }), 'It holds on the newest days.');
  await hand.press(page.getByRole('button', { name: 'Approve release' }));
  await page.getByText('Approved', { exact: true }).first().waitFor();
  const decided = (await client.approvals.list({ params: { project } })).items.find(({ id }) => id === asked.id);
  assert.deepEqual(
    decided?.decisions.map(({ decision, reason }) => [decision, reason]),
    [['approve', 'It holds on the newest days.']],
  );
}

const share = (value: number) => `${Math.round(value * 1000) / 10} %`;

/** The page of the deployment shows the split that the API has. */
export async function assertSplit({ client, project }: Loop, hand: Hand): Promise<void> {
  const { split } = await client.deployments.get({ params: { project, deployment: 'delay' } });
  for (const one of split)
    await hand.page
      .getByText(new RegExp(`v${one.version}.*${share(one.share)}`))
      .first()
      .waitFor({ timeout: 10_000 });
}

/** On the page of a version that was approved: starts its rollout. */
export async function deploy({ client, project }: Loop, hand: Hand, version: number): Promise<void> {
  const { page } = hand;
  await hand.press(page.getByRole('button', { name: `Deploy v${version}` }));
  await hand.press(page.getByRole('dialog').getByRole('button', { name: `Start rollout of v${version} in delay` }));
  await page.waitForURL(/\/deployments\/delay$/);
  const { rollout } = await client.deployments.get({ params: { project, deployment: 'delay' } });
  assert.deepEqual([rollout?.version, rollout?.state], [version, 'rolling']);
}

/** Until the pointer has moved and until the page says so, from the press that confirms; ms. */
export interface Moved {
  readonly moved_ms: number;
  readonly shown_ms: number;
}

export async function goBack({ client, project }: Loop, hand: Hand, to: number, open: () => Promise<void>): Promise<Moved> {
  const { page } = hand;
  await open();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: `Go back to v${to} now` });
  await confirm.waitFor();
  const began = performance.now();
  const moved = until('the pointer', async () => {
    const { split } = await client.deployments.get({ params: { project, deployment: 'delay' } });
    return split.length === 1 && split[0]?.version === to && performance.now() - began;
  });
  // The page offers no going back to what serves.
  const shown = page
    .getByRole('button', { name: `Go back to v${to} now` })
    .first()
    .waitFor({ state: 'detached', timeout: patience_ms })
    .then(() => performance.now() - began);
  await hand.keys('Enter');
  const took = { moved_ms: await moved, shown_ms: await shown };
  await dialog.waitFor({ state: 'hidden' });
  return took;
}

/** Audit, what served when, the moment: and the sentence says what the API says. */
export async function whatServed({ client, project }: Loop, hand: Hand, at_ms: number): Promise<void> {
  const { page } = hand;
  await hand.press(page.getByRole('link', { name: 'Audit', exact: true }));
  await page.waitForURL(/\/audit/);
  await hand.openTab('What served when');
  const local = new Date(at_ms).toLocaleString('sv-SE', { timeZone: 'America/New_York' }).slice(0, 16).replace(' ', 'T');
  await hand.typeMoment(page.getByRole('textbox', { name: 'Moment' }), local);
  const { items } = await client.deployments.rollouts({ params: { project, deployment: 'delay' } });
  const serving = items.filter(({ state, ended_ms }) => state === 'promoted' && ended_ms !== null && ended_ms <= at_ms).at(0);
  await page.getByRole('heading', { name: `delay was answered by version ${serving?.version} (100 %).` }).waitFor();
}
