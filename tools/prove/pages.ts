/**
 * How long the pages take: each step of the journeys on real data, the first load of Home, and what the page holds after it stayed open
 * while events came. Needs Chromium and the data folder of a played demo, of which it uses a copy.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Client, createClient } from '@slipway/sdk';
import { chromium } from 'playwright-core';
import { checkoutRoot, readText } from '../checkout.ts';
import { openServer } from './page-server.ts';
import { heapOf, type Room, type Row, signedIn, stepsOf } from './page-steps.ts';
import { seedRuns } from './seeded-runs.ts';

const usage = `npm run prove:pages -- --data FOLDER [--chromium PATH] [--rounds N] [--minutes N] [--runs N] [--write]
  --data FOLDER    data folder of a demo that was played; it is copied
  --rounds N       how often each step is taken (default 5); its median counts
  --minutes N      how long a page stays open while events come (default 30; 0: not at all)
  --runs N         runs in the experiment that is filtered and compared (default 2481)
  --write          put the table into docs/benchmarks.md`;

const page = 'docs/benchmarks.md';
const markers = { begin: '<!-- pages:begin -->', end: '<!-- pages:end -->' };
const project = 'flights';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
      rounds: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '30' },
      runs: { type: 'string', default: '2481' },
      write: { type: 'boolean' },
    },
  });
  const [rounds, minutes, runs] = [values.rounds, values.minutes, values.runs].map(Number);
  if (values.data === undefined || !rounds || rounds < 1 || minutes === undefined || !(minutes >= 0) || !runs) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pages-'));
  const data = join(folder, 'data');
  cpSync(values.data, data, { recursive: true, filter: (path) => !/server\.(lock|pid)$/.test(path) });
  const server = await openServer(data);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: values.chromium, args: [...args, '--enable-precise-memory-info'] });
  try {
    const token = readFileSync(join(data, 'cli-token'), 'utf8').trim();
    const client = createClient({ server: server.address, token });
    const experiment = await seedRuns(client, { project, name: `seeded-${runs}`, runs, metrics: 20 });
    const room: Room = { client, browser, server: server.address, project, experiment };
    const load = loadavg()[0] ?? 0;
    const rows = await stepsOf(room, rounds, (row) => console.log(lineOf(row)));
    if (minutes > 0) rows.push(await heapRow(room, minutes));
    const table = tableOf(rows, { rounds, runs, load, chromium: browser.version() });
    console.log(`\n${table}`);
    if (values.write) write(table);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The heap of Home after a garbage collection, when it was opened and after it stayed open: its growth must stay within the target. */
async function heapRow(room: Room, minutes: number): Promise<Row> {
  const page = await signedIn(room);
  await page.goto(`${room.server}/p/${room.project}`);
  await page.waitForTimeout(5_000);
  const before = await heapOf(page);
  let events = 0;
  for (const end = Date.now() + minutes * 60_000; Date.now() < end; events++) {
    await stir(room.client, events);
    await page.waitForTimeout(1_000);
  }
  const after = await heapOf(page);
  await page.context().close();
  const name = `heap of Home after ${minutes} minutes and ${events} events, before ${before.toFixed(1)} MB`;
  return { name, unit: 'MB', target: before * 1.25, values: [after] };
}

/** A change that the live stream tells of, and that Home asks anew about. */
async function stir(client: Client, nth: number): Promise<void> {
  const body = { name: `stirred-${nth}`, started_at_ms: Date.now() };
  const { id } = await client.runs.create({ params: { project }, body });
  await client.runs.update({ params: { project, run: id }, body: { status: 'finished', ended_at_ms: Date.now() } });
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

function lineOf({ name, unit, target, values }: Row): string {
  return `| ${name} | ${target === null ? '' : `< ${short(target)} ${unit}`} | ${short(medianOf(values))} ${unit} | ${short(Math.min(...values))} – ${short(Math.max(...values))} |`;
}

function tableOf(rows: readonly Row[], told: { rounds: number; runs: number; load: number; chromium: string }): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}`;
  const said = [
    new Date().toISOString().slice(0, 10),
    `Node ${process.version}`,
    `Chromium ${told.chromium}`,
    machine,
    `load ${told.load.toFixed(1)} at the start and ${(loadavg()[0] ?? 0).toFixed(1)} at the end`,
    `median of ${told.rounds}`,
    `${told.runs} seeded runs with 20 metrics`,
  ];
  return [
    '| step | target | measured | least – greatest |',
    '|---|---|---|---|',
    ...rows.map(lineOf),
    '',
    `Conditions: ${said.join(', ')}.`,
  ].join('\n');
}

function write(table: string): void {
  const text = readText(page);
  const begin = text.indexOf(markers.begin);
  const end = text.indexOf(markers.end);
  if (begin === -1 || end < begin)
    throw new Error(`${page} needs the lines ${markers.begin} and ${markers.end}, with the table between them`);
  writeFileSync(join(checkoutRoot, page), `${text.slice(0, begin)}${markers.begin}\n${table}\n${text.slice(end)}`);
}

await main();
