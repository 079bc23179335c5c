import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SlipwayError } from '../../kernel/error.ts';
import { createLog } from '../log/index.ts';
import { createAnalytics, type Inspection, type ReadOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-analytics-'));
const analytics = createAnalytics({ folder: join(folder, 'analytics'), log: createLog({ level: 'silent' }) });
after(() => analytics.stop());

let made = 0;

/** A file with a name of no meaning, as blobs have. */
function blob(content: string | Uint8Array): string {
  const path = join(folder, `blob${made++}`);
  writeFileSync(path, content);
  return path;
}

const newPath = () => join(folder, `out${made++}`);
const inspect = (content: string | Uint8Array, more: Partial<ReadOptions> = {}): Promise<Inspection> =>
  analytics.inspect({ files: [{ path: blob(content), name: 'data.csv' }], ...more });
const typesOf = ({ columns }: Inspection) =>
  Object.fromEntries(columns.map(({ name, type, nullable }) => [name, nullable ? `${type}?` : type]));

async function parquetOf(content: string, more: Partial<ReadOptions> = {}): Promise<string> {
  const out = newPath();
  await analytics.toParquet({ files: [{ path: blob(content), name: 'data.csv' }], out, ...more });
  return out;
}

async function refused(promise: Promise<unknown>, code: string, pattern: RegExp): Promise<SlipwayError> {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof SlipwayError, String(error));
  assert.match(`${error.code}: ${error.message}`, pattern);
  assert.equal(error.code, code, error.message);
  assert.ok(!error.message.includes(folder), `a path of ours is told: ${error.message}`);
  return error;
}

const mixed = [
  'id,price,active,day,at,name,zip,big,nothing',
  '1,1.5,true,2024-01-31,2024-01-31T10:00:00Z,Ann,01234,9007199254740993,',
  '2,-2e3,FALSE,2024-02-01,2024-02-01 11:30,"Bob, ""B""",12345,1,',
  '3,NaN,,,,,00000,2,',
  '4,inf,true,2024-02-03,2024-02-03T10:00+02:00,"two\nlines",99999,3,',
].join('\n');

test('columns of a CSV get the type that keeps every value as it is', async () => {
  const found = await inspect(mixed);
  assert.deepEqual(typesOf(found), {
    id: 'integer',
    price: 'number',
    active: 'boolean?',
    day: 'date?',
    at: 'timestamp?',
    name: 'text?',
    zip: 'text',
    big: 'text',
    nothing: 'text?',
  });
  assert.deepEqual(found.files, [{ name: 'data.csv', format: 'csv', rows: 4 }]);
});

test('a column may be called what every object has, but not what JSON of strangers loses', async () => {
  const found = await inspect('constructor,toString,hasOwnProperty\n1,a,2024-01-31\n');
  assert.deepEqual(Object.entries(typesOf(found)), [
    ['constructor', 'integer'],
    ['toString', 'text'],
    ['hasOwnProperty', 'date'],
  ]);
  await refused(inspect('a,__proto__\n1,2\n'), 'file_bad_column_name', /column number 2.*__proto__/);
});

test('a CSV is the same plain, gzipped, with a byte order mark, with CR LF, and with other delimiters', async () => {
  const plain = 'a,b\n1,x\n2,y\n';
  const forms = [
    plain,
    gzipSync(plain),
    `\uFEFF${plain}`,
    plain.replaceAll('\n', '\r\n'),
    plain.replaceAll(',', ';'),
    plain.replaceAll(',', '\t'),
    'a,b\n1,x\n2,y',
  ];
  for (const form of forms) assert.deepEqual(typesOf(await inspect(form)), { a: 'integer', b: 'text' });
});

test('JSON lines give typed columns, and texts that are dates become dates', async () => {
  const lines = [
    '{"n":1,"x":2.5,"t":"2024-01-01T00:00:00+02:00","s":"12","b":true,"e":null}',
    '{"n":2,"x":1,"t":"2024-01-02T00:00:00Z","s":"13"}',
  ];
  const found = await inspect(gzipSync(lines.join('\n')));
  assert.deepEqual(typesOf(found), { n: 'integer', x: 'number', t: 'timestamp', s: 'text', b: 'boolean?', e: 'text?' });
  assert.equal(found.files[0]?.format, 'jsonl.gz');
  const read = await analytics.readColumns({ parquet: await parquetOf(lines.join('\n')), columns: ['t'] });
  assert.deepEqual([...(read.columns[0]?.values ?? [])], [Date.UTC(2023, 11, 31, 22), Date.UTC(2024, 0, 2)]);
});

test('a Parquet file that we wrote is read back with the same columns', async () => {
  const parquet = await parquetOf(mixed);
  const found = await analytics.inspect({ files: [{ path: parquet, name: 'data.parquet' }] });
  assert.equal(found.files[0]?.format, 'parquet');
  assert.deepEqual(typesOf(found), typesOf(await inspect(mixed)));
});

const broken: readonly [string, string | Uint8Array, string, RegExp][] = [
  ['a row with too few fields', 'a,b\n1,2\n3\n4,5\n', 'file_broken_row', /data\.csv, line 3: expected 2 fields, got 1/],
  ['a row with too many fields', 'a,b\n1,2\n3,4,5\n', 'file_broken_row', /line 3: expected 2 fields, got 3/],
  ['a quote that does not close', 'a,b\n1,"2\n3,4\n', 'file_broken_row', /line 2: .*quote/],
  ['mixed line ends', 'a,b\n1,2\n3,4\r\n5,6\n', 'file_broken_row', /line 3: .*line end/],
  [
    'a foreign value',
    `a,b\n${'7,8\n'.repeat(20)}7,abc\n`,
    'file_wrong_value',
    /line 22, column b: expected a number, as in 3\.5, got 'abc'/,
  ],
  ['a foreign value after lines in quotes', `a,b\n"x\ny",1\n${'z,2\n'.repeat(20)}z,?\n`, 'file_wrong_value', /line 24, column b/],
  ['no column names', '1.5,2,x\n3,4,y\n', 'file_no_header', /line 1: expected column names, got the value 1\.5/],
  ['column names only', 'a,b\n', 'file_without_rows', /has no rows/],
  ['nothing', '', 'file_without_rows', /has no rows/],
  ['only blank space', ' \n \n', 'file_without_rows', /has no rows/],
  ['10,000 columns', `${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join()}\n`, 'file_too_wide', /10000 columns; the limit is 2000/],
  [
    'Latin-1',
    Buffer.from('a,b\n1,x\n2,M\xfcller\n', 'latin1'),
    'file_wrong_encoding',
    /line 3: expected UTF-8 text, got bytes that are not UTF-8/,
  ],
  ['UTF-16', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 'file_wrong_encoding', /line 1/],
  ['NUL', 'a,b\n1,x\0y\n', 'file_wrong_encoding', /line 2: expected UTF-8 text, got a NUL/],
  ['a column name twice', 'a,b,A\n1,2,3\n', 'file_bad_column_name', /column number 3: .*'A' again/],
  ['a column without a name', 'a,,c\n1,2,3\n', 'file_bad_column_name', /column number 2: expected a name, got nothing/],
  [
    'a gzip file that is cut off',
    gzipSync('a,b\n1,2\n'.repeat(10_000)).subarray(0, 100),
    'file_not_readable',
    /data\.csv could not be read: expected a whole gzip file/,
  ],
  ['a ZIP archive', Buffer.from('PK\x03\x04rest of it'), 'file_not_readable', /ZIP archive/],
  ['a JSON array', '[{"a":1}]', 'file_not_readable', /one JSON array/],
  ['JSON that breaks off', '{"a":1}\n{"a":\n{"a":3}\n', 'file_broken_row', /line 2: expected one JSON object/],
  ['JSON of two kinds in a column', '{"a":1}\n{"a":2}\n{"a":"x"}\n', 'file_wrong_value', /line 3, column a: expected a number, got text/],
  ['JSON in JSON', '{"a":{"b":1}}\n', 'file_column_type', /column a: .*STRUCT/],
  ['Parquet that is cut off', Buffer.from('PAR1 and then nothing of it'), 'file_not_readable', /end is cut off/],
  [
    'Parquet that lies about its footer',
    Buffer.from('PAR1xxxxxxxxxxxxxxxxxx\xff\xff\x00\x00PAR1', 'latin1'),
    'file_not_readable',
    /expected a whole Parquet file/,
  ],
];

for (const [what, content, code, pattern] of broken) {
  test(`a file with ${what} is refused, and the error says where`, async () => {
    await refused(inspect(content), code, pattern);
  });
}

test('Parquet with damaged pages is refused and leaves the analytics working', async () => {
  const parquet = await parquetOf(`a,b\n${Array.from({ length: 20_000 }, (_, i) => `${i},text ${(i * 7919) % 20_011}`).join('\n')}\n`);
  const bytes = readFileSync(parquet);
  bytes.fill(7, 100, Math.floor(bytes.length * 0.8));
  await refused(analytics.inspect({ files: [{ path: blob(bytes), name: 'bad.parquet' }] }), 'file_not_readable', /bad\.parquet/);
  assert.equal((await inspect('a\n1\n')).rows, 1);
});

test('files of one version are one table in file order, columns matched by name', async () => {
  const files = ['a,b\n3,x\n1,y\n', 'b,a\nz,2.5\n'].map((content, index) => ({ path: blob(content), name: `part-${index}.csv` }));
  const out = newPath();
  const written = await analytics.toParquet({ files, out });
  assert.deepEqual(typesOf(written), { a: 'number', b: 'text' });
  assert.equal(written.bytes, statSync(out).size);
  const { columns } = await analytics.readColumns({ parquet: out });
  assert.deepEqual(
    columns.map(({ values }) => [...values]),
    [
      [3, 1, 2.5],
      ['x', 'y', 'z'],
    ],
  );
  await analytics.toParquet({ files, out, order: ['a'] });
  assert.deepEqual((await analytics.readColumns({ parquet: out, columns: ['b'] })).columns[0]?.values, ['y', 'z', 'x']);
});

test('files of one version that disagree are refused by the name of the one that differs', async () => {
  const files = ['a,b\n1,2\n', 'a,c\n1,2\n'].map((content, index) => ({ path: blob(content), name: `part-${index}.csv` }));
  await refused(analytics.inspect({ files }), 'files_disagree', /part-1\.csv does not have the columns of part-0\.csv: b is missing/);
});

test('a declared type is demanded, and text may be declared for anything', async () => {
  const content = 'code,n\n12,1\n13,x\n';
  assert.equal(typesOf(await inspect(content, { types: { code: 'text' } }))['code'], 'text');
  await refused(inspect(content, { types: { n: 'integer' } }), 'file_wrong_value', /line 3, column n: expected a whole number.*got 'x'/);
  await refused(inspect(content, { types: { nn: 'integer' } }), 'column_not_found', /no column nn; there are code, n/);
});

test('timestamps without an offset are read in the zone of the dataset, over a change of the clock too', async () => {
  const parquet = await parquetOf('at\n2013-01-01T05:29:00\n2013-07-01T05:29:00\n', { zone: 'America/New_York' });
  const { columns } = await analytics.readColumns({ parquet });
  assert.deepEqual([...(columns[0]?.values ?? [])], [Date.UTC(2013, 0, 1, 10, 29), Date.UTC(2013, 6, 1, 9, 29)]);
  await refused(inspect('at\n2013-01-01\n', { zone: 'Moon/Crater' }), 'invalid_input', /IANA time zone/);
});

test('the same rows give the same bytes', async () => {
  const content = `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i * 0.1},${i % 7}`).join('\n')}\n`;
  const [one, two] = [await parquetOf(content), await parquetOf(content)].map((path) =>
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  );
  assert.equal(one, two);
});

test('a preview is safe to send as JSON and keeps what JSON cannot say as text', async () => {
  const parquet = await parquetOf(mixed);
  const shown = await analytics.preview({ parquet, offset: 1, limit: 2 });
  assert.equal(shown.total_rows, 4);
  assert.deepEqual(shown.rows, [
    [2, -2000, false, '2024-02-01', '2024-02-01T11:30:00.000Z', 'Bob, "B"', '12345', '1', null],
    [3, 'NaN', null, null, null, null, '00000', '2', null],
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), shown);
  await refused(analytics.preview({ parquet, offset: 0, limit: 501 }), 'invalid_input', /limit: expected 1 to 500, got 501/);
});

test('columns are read typed, by name and by time', async () => {
  const parquet = await parquetOf(mixed);
  const from_ms = Date.UTC(2024, 0, 31, 10);
  const read = await analytics.readColumns({
    parquet,
    columns: ['active', 'id'],
    between: { column: 'at', from_ms, to_ms: Date.UTC(2024, 1, 3, 8) },
  });
  assert.deepEqual(
    read.columns.map(({ name, type, values }) => [name, type, [...values]]),
    [
      ['active', 'boolean', [1, 0]],
      ['id', 'integer', [1, 2]],
    ],
  );
  await refused(analytics.readColumns({ parquet, columns: ['x"y'] }), 'column_not_found', /no column x"y/);
  await refused(analytics.readColumns({ parquet: blob('no parquet') }), 'file_not_readable', /Parquet/);
});

test('a profile counts what is missing and infinite, and marks times and booleans by their type', async () => {
  const columns = await analytics.profile({ parquet: await parquetOf(mixed) });
  const of = (name: string) => columns.find((column) => column.name === name);
  const price = of('price')?.profile;
  assert.ok(price?.kind === 'number');
  assert.deepEqual([price.rows, price.missing, price.infinite, price.min, price.max], [4, 1, 1, -2000, 1.5]);
  assert.deepEqual([of('at')?.type, of('at')?.profile.kind], ['timestamp', 'number']);
  const active = of('active')?.profile;
  assert.ok(active?.kind === 'category');
  assert.deepEqual(active.top, [
    ['true', 2],
    ['false', 1],
  ]);
});

test('a column of a wide table has the type, the values and the profile that it has in a narrow one', async () => {
  const kinds = ['7', '2.5', 'NA', 'true', '2024-02-01', '2024-02-01T10:30Z', 'b c'];
  const rows = [
    kinds,
    kinds.map((_, kind) => (kind === 1 ? 'NA' : '')),
    ['8', '-1', 'n', 'false', '2024-02-02', '2024-02-01 11:30:00', 'd'],
  ];
  const times = 90;
  const csvOf = (wide: number) => {
    const names = Array.from({ length: wide * kinds.length }, (_, at) => `c${at}`);
    return [names, ...rows.map((row) => Array.from({ length: wide }, () => row).flat())].map((line) => line.join()).join('\n');
  };
  const [narrow, wide] = [join(folder, 'narrow.parquet'), join(folder, 'wide.parquet')];
  const one = await analytics.toParquet({ files: [{ path: blob(csvOf(1)), name: 'narrow.csv' }], out: narrow });
  const many = await analytics.toParquet({ files: [{ path: blob(csvOf(times)), name: 'wide.csv' }], out: wide });
  const repeated = <T extends { readonly name: string }>(columns: readonly T[]) =>
    Array.from({ length: times }, () => columns).flatMap((some, at) =>
      some.map((column, kind) => ({ ...column, name: `c${at * kinds.length + kind}` })),
    );
  assert.deepEqual(
    one.columns.map(({ type }) => type),
    ['integer', 'number', 'text', 'boolean', 'date', 'timestamp', 'text'],
  );
  assert.deepEqual(many.columns, repeated(one.columns));
  assert.deepEqual(await analytics.profile({ parquet: wide }), repeated(await analytics.profile({ parquet: narrow })));
  assert.deepEqual(
    (await analytics.readColumns({ parquet: wide })).columns,
    repeated((await analytics.readColumns({ parquet: narrow })).columns),
  );
});

test('rows from memory become Parquet, and an integer that is not exact is refused', async () => {
  const out = newPath();
  const at = Date.UTC(2024, 4, 5, 6, 7, 8, 9);
  await analytics.writeRows({
    out,
    columns: [
      { name: 'score', type: 'number', values: new Float64Array([0.25, Number.NaN, Infinity]) },
      { name: 'at', type: 'timestamp', values: [at, null, at] },
      { name: 'day', type: 'date', values: [at, null, null] },
      { name: 'who', type: 'text', values: ['Ann', '', null] },
      { name: 'late', type: 'boolean', values: [true, false, null] },
      { name: 'n', type: 'integer', values: [1, -5, null] },
    ],
  });
  assert.deepEqual((await analytics.preview({ parquet: out, offset: 0, limit: 10 })).rows, [
    [0.25, '2024-05-05T06:07:08.009Z', '2024-05-05', 'Ann', true, 1],
    [null, null, null, null, false, -5],
    ['Infinity', '2024-05-05T06:07:08.009Z', null, null, null, null],
  ]);
  await refused(
    analytics.writeRows({ out, columns: [{ name: 'n', type: 'integer', values: [2 ** 60] }] }),
    'invalid_input',
    /n, row 0: expected integer/,
  );
  await refused(
    analytics.writeRows({
      out,
      columns: [
        { name: 'a', type: 'number', values: [1] },
        { name: 'b', type: 'number', values: [] },
      ],
    }),
    'invalid_input',
    /b with 0/,
  );
});

test('groups are counted, the most frequent first', async () => {
  const parquet = await parquetOf('g,v\nb,1\na,2\na,3\n,4\n');
  assert.deepEqual(await analytics.countGroups({ parquet, column: 'g', limit: 2 }), {
    groups: [
      { value: 'a', rows: 2 },
      { value: '', rows: 1 },
    ],
    distinct: 3,
  });
});

const data = process.env['SLIPWAY_TEST_DATA'];
const flights = join(data ?? '', 'flights/data.csv.gz');

test('what a killed process spilled is deleted by the one that follows it', async (t) => {
  const own = join(folder, 'killed');
  const some = createAnalytics({ folder: own, log: createLog({ level: 'silent' }) });
  t.after(() => some.stop());
  const look = () => some.inspect({ files: [{ path: blob('a,b\n1,2\n'), name: 'data.csv' }] });
  await look();
  const [spilled = ''] = readdirSync(own);
  process.kill(Number(spilled.replace('spill-', '')), 'SIGKILL');
  // A request that the death cuts off fails; the next one has a process of its own.
  await look().catch(() => look());
  const left = readdirSync(own);
  assert.ok(left.length === 1 && left[0] !== spilled, left.join(', '));
});

test('60,000 real departures are inspected, written, profiled and previewed', {
  skip: !existsSync(flights) && 'SLIPWAY_TEST_DATA does not name the test data',
}, async () => {
  const files = [{ path: flights, name: 'data.csv.gz' }];
  const found = await analytics.inspect({ files });
  assert.equal(found.rows, 60_000);
  assert.deepEqual(
    found.columns.filter(({ type }) => type === 'text').map(({ name }) => name),
    ['carrier', 'origin', 'dest'],
  );
  mkdirSync(join(folder, 'real'));
  const out = join(folder, 'real', 'departures');
  await analytics.toParquet({ files, out, zone: 'America/New_York' });
  const progress: number[] = [];
  const profiles = await analytics.profile({ parquet: out, onProgress: ({ done }) => progress.push(done) });
  assert.equal(progress.length, 16);
  assert.equal(profiles.find(({ name }) => name === 'pressure_mb')?.profile.missing, 6_605);
});
