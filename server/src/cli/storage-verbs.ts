import { resolve } from 'node:path';
import { type BackupOptions, backupsOf } from './backup-options.ts';
import { type Exit, exits } from './exits.ts';
import { bytesText, numberText, plain, spanText } from './format.ts';
import { ended, onFolder, progressLine } from './operation.ts';
import { usageProblem } from './problem.ts';
import { verb } from './verb.ts';
import type { OperationResult, Restored, See, Work } from './work.ts';

type Done<Kind> = Extract<OperationResult, { kind: Kind }>['result'];

/** Asks the server, or where a data folder is named does it here. */
async function operate<Kind extends OperationResult['kind']>(
  request: { kind: Kind } & Parameters<typeof onFolder>[0]['request'],
  { data, ...backups }: BackupOptions & { readonly data?: string },
  work: Work,
  ask: () => Promise<{ id: string }>,
): Promise<Done<Kind>> {
  const { folder } = work.environment;
  const done =
    data === undefined
      ? await ended((await ask()).id, work)
      : await onFolder({ data: resolve(folder, data), backups: backupsOf(backups, folder).backups ?? null, request }, work);
  if (done.kind !== request.kind || done.result === null) throw new Error(`an operation ${done.kind} answered for ${request.kind}`);
  return done.result as Done<Kind>;
}

const offline = 'a data folder that no server serves, instead of a server';

export const backup = verb({
  usage: 'backup',
  summary: 'Copy everything into the folder that `up --backups` named, while the server goes on, and examine the copy.',
  example: 'backup',
  everywhere: true,
  options: {
    list: 'show the backups that are kept, and when the next one is due',
    'data <folder>': offline,
    'backups <folder>': 'with --data: the folder for backups',
    'backup-keep <count>': 'with --data: how many backups stay (default 7)',
  },
  async run(input, work): Promise<Exit> {
    const { list = false, data } = input;
    if (list) return listBackups(work);
    if (data === undefined && (input.backups ?? input['backup-keep']) !== undefined)
      throw usageProblem(
        'Where backups of a server go is said when it is started.',
        'Start it with `slipway up --backups DIR`, or name a stopped one: `--data DIR`.',
      );
    const done = await operate({ kind: 'backup' }, input, work, () => work.client.operations.backup({ signal: work.signal }));
    await work.answer(done, ({ folder, manifest, copied, removed }) => [
      `Complete, and examined: ${plain(folder)}`,
      `${numberText(manifest.counts.projects)} projects, ${numberText(manifest.counts.events)} events, ${numberText(manifest.blobs.blobs)} files, ${bytesText(manifest.database.bytes + manifest.blobs.bytes)}.`,
      `${numberText(copied.blobs)} files were new since the backup before (${bytesText(copied.bytes)})${removed.length > 0 ? `; ${removed.length} older backups went` : ''}.`,
      `Rehearse bringing it back with \`slipway restore ${plain(folder)} --verify\`.`,
    ]);
    return exits.ok;
  },
});

async function listBackups(work: Work): Promise<Exit> {
  const { backups } = await work.client.operations.backups({ signal: work.signal });
  await work.answer(backups, (kept, see) =>
    kept === null ? ['No folder was named for backups: `slipway up --backups DIR`.'] : keptLines(kept, see),
  );
  return backups !== null && backups.problem === null && backups.unreadable.length === 0 ? exits.ok : exits.failed;
}

type Kept = NonNullable<Awaited<ReturnType<Work['client']['operations']['backups']>>['backups']>;

function keptLines({ folder, items, problem, unreadable, next_at_ms, keep }: Kept, see: See): string[] {
  return [
    ...see.table(
      ['backup', 'made', '>files', '>size'],
      items.map((one) => [one.name, see.when(one.created_at_ms), one.files, bytesText(one.bytes)]),
      'There is no backup yet.',
    ),
    ...unreadable.map((name) => `${plain(name)} was changed after it was made, and cannot be restored.`),
    ...(problem === null ? [] : [`WRONG: ${plain(problem)}`]),
    `In ${plain(folder)}; ${keep} are kept. The next is due ${see.when(next_at_ms)}.`,
  ];
}

export const restore = verb({
  usage: 'restore <backup>',
  summary: 'Bring a backup back into a data folder that is missing or empty. No server is needed; every byte is checked.',
  example: 'restore backups --data .slipway',
  local: true,
  options: {
    'data <folder>': 'the new data folder (default .slipway)',
    verify: 'only rehearse it: restore into a scratch folder, compare every count and digest, and remove it again',
    'scratch <folder>': 'with --verify: where the scratch folder is made (default the temporary folder of the system)',
  },
  async run({ backup: named, data, verify = false, scratch }, work): Promise<Exit> {
    if (verify && data !== undefined)
      throw usageProblem('A rehearsal needs no data folder.', 'Leave --data away, or name a --scratch folder.');
    const { folder } = work.environment;
    const progress = progressLine(work.streams);
    const began_ms = performance.now();
    const job = { from: resolve(folder, named), signal: work.signal, progress };
    const target = data ?? '.slipway';
    const restored = await (verify
      ? work.verifyFolder({ ...job, ...(scratch === undefined ? {} : { scratch: resolve(folder, scratch) }) })
      : work.restoreFolder({ ...job, data: resolve(folder, target) })
    ).finally(() => progress('', 0, null));
    const took = spanText(performance.now() - began_ms);
    await work.answer(restored, (one, see) =>
      verify
        ? [`${plain(one.from)} is good: restored, compared and removed again in ${took}.`, heldBy(one, see)]
        : [`Restored ${plain(one.from)} in ${took}.`, heldBy(one, see), `Serve it with \`slipway up --data ${plain(target)}\`.`],
    );
    return exits.ok;
  },
});

function heldBy({ manifest: { created_at_ms, counts, rows, blobs } }: Restored, see: See): string {
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return `As of ${see.when(created_at_ms)}: ${numberText(counts.projects)} projects, ${numberText(counts.events)} events, ${numberText(all)} rows in all, ${numberText(blobs.blobs)} files.`;
}

export const gc = verb({
  usage: 'gc',
  summary: 'Count the files that nothing names any more, and with `--apply` remove them; what is younger than a day stays.',
  example: 'gc --apply',
  everywhere: true,
  options: { apply: 'remove them', 'data <folder>': offline },
  async run({ apply = false, data }, work): Promise<Exit> {
    const where = data === undefined ? {} : { data };
    const done = await operate({ kind: 'gc', apply }, where, work, () =>
      work.client.operations.gc({ body: { apply }, signal: work.signal }),
    );
    await work.answer(done, ({ blobs, bytes, applied, live }) => [
      `${applied ? 'Removed' : 'Would remove'} ${numberText(blobs)} files, ${bytesText(bytes)}; ${numberText(live)} are in use.`,
      ...(applied || blobs === 0 ? [] : ['Remove them with `slipway gc --apply`.']),
    ]);
    return exits.ok;
  },
});

export const du = verb({
  usage: 'du',
  summary: 'Tell what takes the space, on the disk and by project.',
  example: 'du',
  everywhere: true,
  async run(_, { client, signal, answer }): Promise<Exit> {
    await answer(await client.operations.usage({ signal }), ({ projects, stored, disk }, see) => [
      ...see.table(
        ['on the disk', '>size'],
        [
          ...stored.map(({ what, bytes }) => [what, bytesText(bytes)]),
          ['free', `${bytesText(disk.free_bytes)} of ${bytesText(disk.bytes)}`],
        ],
        'Nothing.',
      ),
      '',
      ...see.table(
        ['project', 'kind', '>files', '>size'],
        projects.map((one) => [one.project, one.kind, one.files, bytesText(one.bytes)]),
        'No projects.',
      ),
      'Files that two things name are counted at both and stored once.',
    ]);
    return exits.ok;
  },
});
