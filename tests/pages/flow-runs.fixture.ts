import assert from 'node:assert/strict';
import type { Client } from '@slipway/sdk';
import { seedRuns } from '../../tools/prove/seeded-runs.ts';
import { settled } from './browser.fixture.ts';
import type { Hand, Pointer } from './hand.fixture.ts';

export const experimentName = 'threshold-search';
const runs = 160;
const metrics = 14;
/** The best of them left a model. */
const withModel = 60;
/** Of the axis, from above. */
const upperEnd = 0.25;

export interface SeededRuns {
  readonly experiment: string;
  readonly project: string;
  readonly client: Client;
}

/** Made-up runs, the best of which left a model file that serves: the one that the project has. */
export async function seedSearch(client: Client, project: string): Promise<SeededRuns> {
  const experiment = await seedRuns(client, { project, name: experimentName, runs, metrics });
  const best = await client.runs.find({ params: { project }, query: { experiment, filter: 'status = finished', order: '-pr_auc' } });
  const numbers = best.runs.slice(0, withModel).join(',');
  const { columns } = await client.runs.table({ params: { project }, query: { experiment, runs: numbers, columns: 'id' } });
  const file = await client.models.download({ params: { project, model: 'delay', version: 1 }, query: { path: 'model.onnx' } });
  const bytes = Buffer.from(await file.bytes());
  for (const run of columns['id'] ?? []) {
    await client.runs.putArtifact({
      params: { project, run: String(run) },
      query: { path: 'model.onnx' },
      body: withNote(bytes, String(run)),
    });
  }
  return { experiment, project, client };
}

/** The same model in other bytes: its description, the sixth field of an ONNX file, is written once more behind it, and the last counts. */
function withNote(model: Buffer, note: string): Uint8Array {
  const text = Buffer.from(note);
  return new Uint8Array(Buffer.concat([model, Buffer.from([(6 << 3) | 2, text.length]), text]));
}

const kept = ({ page }: Hand) => page.getByRole('status').filter({ hasText: / of 160$/ });

/** From the list of experiments to the page of one, as a person goes. */
export async function openSearch(hand: Hand): Promise<void> {
  await hand.press(hand.page.getByRole('link', { name: 'Experiments', exact: true }));
  await hand.press(hand.page.getByRole('link', { name: experimentName }));
  await kept(hand).waitFor();
}

/** Brushes the upper end of the axis of the metric; answers what the address then says of it. */
export async function dragOnMetric(hand: Pointer): Promise<{ readonly from: number; readonly shown: string }> {
  const { page } = hand;
  // The curves come last, and take their place beside the axes.
  await page.getByText('pr_auc by step').waitFor();
  await settled(page);
  const axis = page.getByTitle('pr_auc', { exact: true }).first().locator('..');
  const line = await axis.locator('div').last().boundingBox();
  assert.ok(line, 'the axis of pr_auc is drawn');
  const x = line.x + line.width / 2;
  await hand.drag({ x, y: line.y + line.height * upperEnd }, { x, y: line.y - 5 });
  await page.waitForURL(/brush=/);
  await settled(page);
  const brush = decodeURIComponent(new URL(page.url()).searchParams.get('brush') ?? '');
  const from = Number(/pr_auc~([^~]+)~/.exec(brush)?.[1]);
  return { from, shown: (await kept(hand).textContent()) ?? '' };
}

/** The compared runs by their ids, and that the page says of each what the API says. */
export async function assertComparedAsInApi({ client, project }: SeededRuns, hand: Hand): Promise<string[]> {
  await hand.page.waitForURL(/\/compare\?/);
  await hand.page.getByRole('table').first().waitFor();
  await settled(hand.page);
  const ids = (new URL(hand.page.url()).searchParams.get('runs') ?? '').split(',');
  const text = (await hand.page.locator('main').textContent()) ?? '';
  for (const run of ids) {
    const { name, metrics } = await client.runs.get({ params: { project, run } });
    const value = metrics.find(({ key }) => key === 'pr_auc')?.value;
    assert.ok(
      typeof value === 'number' && text.includes(String(Number(value.toPrecision(4)))),
      `pr_auc of ${name} is ${String(value)}: ${text}`,
    );
    assert.ok(text.includes(name), name);
  }
  return ids;
}

/** After the press on Register: the page of a version that names one of the compared runs. */
export async function assertRegistered({ client, project }: SeededRuns, hand: Hand, compared: readonly string[]): Promise<void> {
  await hand.page.waitForURL(new RegExp(`/models/${experimentName}/versions/\\d+$`));
  const version = Number(/\d+$/.exec(hand.page.url())?.[0]);
  const registered = await client.models.version({ params: { project, model: experimentName, version } });
  assert.ok(compared.includes(registered.run_id ?? ''), `version ${version} names the run ${String(registered.run_id)}`);
  await settled(hand.page);
  await hand.page.getByRole('heading', { level: 1, name: new RegExp(`${experimentName} v${version}`) }).waitFor();
}
