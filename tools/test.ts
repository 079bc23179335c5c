import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { checkoutRoot, listFiles } from './checkout.ts';

const usage = `npm test -- [--all] [--only PATTERN] [--name PATTERN] [--no-skips]
  --all            the long ones too, as in CI: on Postgres, in a browser, hostile input, clients of MLflow, short proofs
  --only PATTERN   only test files whose path contains PATTERN, the long ones too
  --name PATTERN   only tests whose name matches this regular expression
  --no-skips       a skipped test counts as failed (as in CI)`;

/** Rooms whose tests open a database through `test-database.fixture.ts`; those that mostly measure or train are left out. */
const onPostgres =
  /^server\/src\/(app\/operations\/(operations|doctor)|platform\/(definitions|events|http|jobs)|features\/(access|approvals|audit|automations|models|monitors|notifications|predictions|runs|deployments))\/(?!two-processes)/;

/** Journeys start whole servers, so they come after all else; those that measure theirs run alone. Long ones wait for `--all`. */
const batches = [
  {
    title: 'unit tests',
    roots: /^(contracts|sdk|server|web|tools|examples)\/(?!prove\/)/,
    long: false,
    concurrency: 2,
    fileTimeout_ms: 300_000,
  },
  { title: 'journeys', roots: /^tests\/journeys\/(?!demo|start|two-servers)/, long: false, concurrency: 2, fileTimeout_ms: 900_000 },
  { title: 'journeys that measure', roots: /^tests\/journeys\/(demo|start)\./, long: false, concurrency: 1, fileTimeout_ms: 900_000 },
  // Whatever keeps rows through SQL of its own, and the routes above it, on the other database too.
  { title: 'unit tests on Postgres', roots: onPostgres, long: true, concurrency: 2, fileTimeout_ms: 300_000 },
  { title: 'short proofs', roots: /^tools\/prove\//, long: true, concurrency: 2, fileTimeout_ms: 300_000 },
  {
    title: 'long journeys',
    roots: /^tests\/(pages|hostile|mlflow|journeys\/(two-servers|demo-postgres))/,
    long: true,
    concurrency: 2,
    fileTimeout_ms: 1_200_000,
  },
] as const;

interface Totals {
  passed: number;
  failed: number;
  readonly skipped: string[];
}

interface Choice {
  readonly only: string;
  readonly name: string | undefined;
}

/** Data that may not be redistributed lies beside the checkout where it lies at all; tests that want it read this variable. */
function setTestData(): void {
  const beside = join(checkoutRoot, '../shared/data');
  if (process.env['SLIPWAY_TEST_DATA'] === undefined && existsSync(beside)) process.env['SLIPWAY_TEST_DATA'] = beside;
}

/** Runs one batch as `node --test` does, prints as it goes, and adds to the totals. */
async function runBatch(batch: (typeof batches)[number], choice: Choice, totals: Totals): Promise<void> {
  const files = listFiles().filter((path) => path.endsWith('.test.ts') && batch.roots.test(path) && path.includes(choice.only));
  if (files.length === 0) return;
  console.log(`${batch.title}: ${files.length} files`);
  const postgres = batch.roots === onPostgres ? await (await import('./postgres.ts')).startPostgres() : null;
  const stream = run({
    files: files.map((path) => join(checkoutRoot, path)),
    cwd: checkoutRoot,
    concurrency: batch.concurrency,
    env: { ...process.env, ...(postgres === null ? {} : { SLIPWAY_TEST_DATABASE: postgres.url }) },
    timeout: batch.fileTimeout_ms,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    ...(choice.name === undefined ? {} : { testNamePatterns: [new RegExp(choice.name)] }),
  });
  stream.on('test:pass', (event) => {
    if (event.skip !== undefined && event.skip !== false)
      totals.skipped.push(`${event.name} (${event.skip === true ? 'no reason given' : event.skip})`);
  });
  stream.on('test:summary', (event) => {
    if (event.file !== undefined) return;
    const { tests, passed, skipped, todo } = event.counts;
    totals.passed += passed;
    // Cancelled ones included: they never had their say. A file that died may have no failing test of its own.
    totals.failed += Math.max(tests - passed - skipped - todo, event.success ? 0 : 1);
  });
  for await (const text of stream.compose(spec)) process.stdout.write(text as string);
  await postgres?.remove();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean' },
      only: { type: 'string' },
      name: { type: 'string' },
      'no-skips': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(usage);
  setTestData();
  const started = performance.now();
  const totals: Totals = { passed: 0, failed: 0, skipped: [] };
  const chosen = batches.filter(({ long }) => !long || values.all === true || values.only !== undefined);
  for (const batch of chosen) await runBatch(batch, { only: values.only ?? '', name: values.name }, totals);
  if (totals.skipped.length > 0) console.log(`\nSkipped:\n${totals.skipped.map((line) => `  ${line}`).join('\n')}`);
  const ran = totals.passed + totals.failed + totals.skipped.length;
  if (ran === 0) console.error(`No test matches ${values.only ?? values.name ?? 'the tree'}.`);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped in ${seconds} s`);
  // Said outright: what starts Postgres hooks the end of the process, and would end it with 0.
  process.exit(totals.failed > 0 || ran === 0 || (values['no-skips'] && totals.skipped.length > 0) ? 1 : 0);
}

await main();
