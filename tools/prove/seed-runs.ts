import { parseArgs } from 'node:util';
import { createClient } from '@slipway/sdk';
import { seedRuns } from './seeded-runs.ts';

const usage = `node tools/prove/seed-runs.ts --server URL [--project NAME] [--runs N] [--metrics N] [--token TOKEN]
  Fills an experiment with made-up runs through the API, for measuring the table of runs: made-up names and figures, the same each time.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      project: { type: 'string', default: 'default' },
      runs: { type: 'string', default: '10000' },
      metrics: { type: 'string', default: '300' },
      token: { type: 'string' },
    },
  });
  if (values.server === undefined) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const client = createClient({ server: values.server, token: values.token });
  const asked = { runs: Number(values.runs), metrics: Number(values.metrics) };
  const began_ms = Date.now();
  const seconds = () => Math.round((Date.now() - began_ms) / 1000);
  const experiment = await seedRuns(client, {
    ...asked,
    project: values.project,
    name: `seeded-${asked.runs}`,
    onRun: (index) => index % 500 === 0 && console.log(`${index} of ${asked.runs} runs, ${seconds()} s`),
  });
  console.log(`experiment ${experiment}: ${asked.runs} runs with ${asked.metrics} metrics in ${seconds()} s`);
}

await main();
