import { parseArgs } from 'node:util';
import { attackServer } from '../../tests/hostile/campaign.fixture.ts';

/** The full form of the hostile run: every input in every place. `--only runs` attacks the operations whose id has `runs`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, 'per-route': { type: 'string' } } });
  const undo: (() => unknown)[] = [];
  try {
    const perRoute = values['per-route'];
    const found = await attackServer(
      { after: (step) => undo.unshift(step) },
      { only: values.only, ...(perRoute !== undefined && { perRoute: Number(perRoute) }), told: (line) => console.log(line) },
    );
    const { before, after, ...told } = found;
    const changed = before.filter((line, at) => line !== after[at]).map((line) => line.slice(0, 100));
    console.log(JSON.stringify({ ...told, changed }, null, 2));
    const faults = [found.wrong, found.unexercised, found.outside, found.logged, found.ailing, found.parsers, found.open, changed].flat();
    if (faults.length > 0 || !found.isGuardedFolderSame || !found.guarded) process.exitCode = 1;
  } finally {
    for (const step of undo) await step();
  }
}

await main();
