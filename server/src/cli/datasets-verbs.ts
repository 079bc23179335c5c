import { resolve } from 'node:path';
import { download } from './download.ts';
import { exits } from './exits.ts';
import { bytesText, facts, numberText, shareText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { namedFiles } from './project-folder.ts';
import { hashFiles, uploadMissing } from './upload.ts';
import { type Noun, verb } from './verb.ts';

const pageMost = 100;

const add = verb({
  usage: 'add <dataset> <files...>',
  summary: 'Add files (CSV, JSON lines, Parquet, plain or gzip) or a folder of them as a version; the same content is the same version.',
  example: 'data add departures data/departures-2013-*.csv.gz',
  async run({ dataset, files }, work) {
    const { client, project, signal } = work;
    const hashed = await hashFiles(namedFiles(work.environment.folder, files), work);
    await uploadMissing(hashed, work);
    const body = { files: hashed.map(({ path, digest }) => ({ path, digest })) };
    const answer = await client.datasets.addVersion({ params: { project, dataset }, body, signal, timeout_ms: readIn_ms });
    await work.answer(answer, ({ version, is_new }) => {
      const failed = version.checks.filter((check) => !check.holds);
      return [
        `Version ${version.number} of ${dataset}${is_new ? '' : ' (was there already)'}: ${numberText(version.rows)} rows, ${version.schema.length} columns, ${bytesText(version.bytes)}.`,
        ...(failed.length === 0
          ? []
          : [`${failed.length} of ${version.checks.length} checks fail: see \`slipway data check ${dataset}\`.`]),
      ];
    });
    return exits.ok;
  },
});

/** Files are read in, typed and profiled before the answer comes. */
const readIn_ms = 3_600_000;

const ls = verb({
  usage: 'ls [dataset]',
  summary: 'List the datasets, or the versions of one.',
  example: 'data ls departures',
  options: { 'limit <number>': 'versions at most (default 100)' },
  async run({ dataset, limit = '100' }, work) {
    const { client, project, signal } = work;
    if (dataset === undefined) {
      await work.answer(await client.datasets.list({ params: { project }, signal }), ({ items }, see) =>
        see.table(
          ['dataset', '>version', '>rows', '>size', 'checks', 'made', ''],
          items.map(({ name, latest, retired }) => [
            name,
            latest?.number,
            latest?.rows,
            latest && bytesText(latest.bytes),
            latest && checksText(latest.checks),
            see.when(latest?.created_at_ms),
            retired ? 'retired' : '',
          ]),
          'No datasets yet: `slipway data add DATASET FILE`.',
        ),
      );
      return exits.ok;
    }
    const found = await upTo(wholeNumber(limit, '--limit'), pageMost, (query) =>
      client.datasets.versions({ params: { project, dataset }, query, signal }),
    );
    await work.answer(found, ({ items }, see) => [
      ...see.table(
        ['>version', '>rows', '>size', 'checks', 'from', 'made', 'digest'],
        items.map((one) => [
          one.number,
          one.rows,
          bytesText(one.bytes),
          checksText(one.checks),
          one.source.kind === 'files' ? 'files' : `version ${one.source.base} and ${numberText(one.source.served_rows)} served rows`,
          see.when(one.created_at_ms),
          one.digest.slice(0, 12),
        ]),
        `No versions of ${dataset} yet.`,
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

function checksText({ all, failed }: { readonly all: number; readonly failed: number }): string {
  return all === 0 ? 'none' : failed === 0 ? `${all} hold` : `${failed} of ${all} fail`;
}

const show = verb({
  usage: 'show <dataset> [version]',
  summary: 'Show a version (default the newest): its columns, where it came from, its files.',
  example: 'data show departures 1',
  async run({ dataset, version = 'latest' }, { client, project, signal, answer }) {
    await answer(await client.datasets.version({ params: { project, dataset, version }, signal }), (one, see) => [
      ...facts([
        ['version', `${one.number} of ${one.dataset}`],
        ['digest', one.digest],
        ['rows', one.rows],
        ['size', bytesText(one.bytes)],
        ['made', see.when(one.created_at_ms)],
        ['checks', checksText({ all: one.checks.length, failed: one.checks.filter((check) => !check.holds).length })],
      ]),
      '',
      ...see.table(
        ['column', 'type', 'role', 'unit', 'may be missing'],
        one.schema.map((column) => [column.name, column.type, column.role, column.unit, column.nullable]),
        'No columns.',
      ),
      '',
      ...see.table(
        ['file', '>size', 'digest'],
        one.files.map((file) => [file.path, bytesText(file.bytes), file.digest.slice(0, 12)]),
        'No files of its own.',
      ),
    ]);
    return exits.ok;
  },
});

const diff = verb({
  usage: 'diff <dataset> <from> <to>',
  summary: 'What changed between two versions: rows, columns, files, drift of each column, checks.',
  example: 'data diff departures 1 2',
  async run({ dataset, from, to }, { client, project, signal, answer }) {
    const query = { from: wholeNumber(from, 'from'), to: wholeNumber(to, 'to') };
    await answer(await client.datasets.diff({ params: { project, dataset }, query, signal, timeout_ms: 120_000 }), (one, see) => [
      `Rows: ${numberText(one.rows.before)} -> ${numberText(one.rows.after)}.`,
      ...one.columns.added.map((column) => `+ column ${column.name} (${column.type})`),
      ...one.columns.removed.map((column) => `- column ${column.name} (${column.type})`),
      ...one.columns.retyped.map((column) => `~ column ${column.name}: ${column.before} -> ${column.after}`),
      ...one.files.added.map((path) => `+ file ${path}`),
      ...one.files.removed.map((path) => `- file ${path}`),
      ...one.files.changed.map((path) => `~ file ${path}`),
      '',
      ...see.table(
        ['column', 'drift', 'method', '>score', '>limit', '>missing before', '>after'],
        one.drift.map((column) => [
          column.column,
          column.drifted,
          column.method,
          column.score,
          column.threshold,
          shareText(column.missing.reference),
          shareText(column.missing.current),
        ]),
        'No column is in both.',
      ),
    ]);
    return exits.ok;
  },
});

const preview = verb({
  usage: 'preview <dataset> [version]',
  summary: 'Show some rows.',
  example: 'data preview departures --limit 5',
  options: { 'limit <number>': 'rows (default 20, at most 500)', 'offset <number>': 'rows to pass over' },
  async run({ dataset, version = 'latest', limit = '20', offset = '0' }, { client, project, signal, answer }) {
    const query = { limit: wholeNumber(limit, '--limit'), offset: wholeNumber(offset, '--offset', 0) };
    await answer(
      await client.datasets.preview({ params: { project, dataset, version }, query, signal }),
      ({ columns, rows, total_rows }, see) => [
        ...see.table(
          columns.map(({ name, type }) => (type === 'integer' || type === 'number' ? `>${name}` : name)),
          rows.map((row) =>
            row.map((cell, at) => (columns[at]?.type === 'timestamp' && typeof cell === 'string' ? see.when(Date.parse(cell)) : cell)),
          ),
          'No rows.',
        ),
        `${numberText(rows.length)} of ${numberText(total_rows)} rows.`,
      ],
    );
    return exits.ok;
  },
});

const check = verb({
  usage: 'check <dataset> [version]',
  summary: 'Tell which checks hold; exit code 5 when one fails.',
  example: 'data check departures',
  async run({ dataset, version = 'latest' }, { client, project, signal, answer }) {
    const found = await client.datasets.version({ params: { project, dataset, version }, signal });
    await answer(found, ({ checks, number }, see) => [
      ...see.table(
        ['column', 'check', 'holds', 'found', 'expected'],
        checks.map((one) => [one.column, one.check, one.holds, one.found, one.expected]),
        `Version ${number} of ${dataset} has no checks.`,
      ),
    ]);
    return found.checks.every((one) => one.holds) ? exits.ok : exits.refused;
  },
});

const get = verb({
  usage: 'get <dataset> [version]',
  summary: 'Download the files of a version as they were added.',
  example: 'data get departures 1 --to copy',
  options: { 'to <folder>': 'where they go (default the working folder)' },
  async run({ dataset, version = 'latest', to = '.' }, work) {
    const { client, project, signal } = work;
    const found = await client.datasets.version({ params: { project, dataset, version }, signal });
    const params = { project, dataset, version: String(found.number) };
    for (const { path } of found.files) {
      await download(
        resolve(work.environment.folder, to),
        path,
        await client.datasets.download({ params, query: { path }, signal }),
        signal,
      );
    }
    await work.answer({ version: found.number, files: found.files }, ({ files }) =>
      files.map((file) => `${file.path}  ${bytesText(file.bytes)}`),
    );
    return exits.ok;
  },
});

export const data: Noun = {
  noun: 'data',
  summary: 'Datasets and their versions: add, ls, show, diff, preview, check, get.',
  verbs: [add, ls, show, diff, preview, check, get],
};
