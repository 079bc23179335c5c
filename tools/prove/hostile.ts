import { parseArgs } from 'node:util';
import { attackServer } from '../../tests/hostile/campaign.fixture.ts';
import { startPostgres } from '../postgres.ts';

/** The full form of the hostile run: every input in every place. `--only runs` attacks the operations whose id has `runs`; `--postgres` on a server of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string', default: '' }, 'per-route': { type: 'string' }, postgres: { type: 'boolean', default: false } },
  });
  const undo: (() => unknown)[] = [];
  try {
    const perRoute = values['per-route'];
    const postgres = values.postgres ? await startPostgres() : undefined;
    undo.unshift(() => postgres?.remove());
    const found = await attackServer(
      { after: (step) => undo.unshift(step) },
      {
        only: values.only,
        ...(postgres && { database: postgres.url }),
        ...(perRoute !== undefined && { perRoute: Number(perRoute) }),
        told: (line) => console.log(line),
      },
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
