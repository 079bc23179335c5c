import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutRoot, readText } from '../checkout.ts';
import type { BenchRow, Figures, Scale } from './row.ts';

const usage = `npm run bench -- [--only PATTERN] [--subject PATTERN] [--runs N] [--short] [--postgres] [--write]
  A row is a file <name>.bench.ts in tools/bench or below that exports \`row\`. Its subjects are measured in turn.
  --only PATTERN     only rows whose name contains PATTERN
  --subject PATTERN  only subjects whose name contains PATTERN; nothing is written then
  --runs N           rounds per row, instead of the row's own number
  --short            less data and less time in the rows that can do so; they tell how much
  --postgres         in the rows of the MLflow protocol, ours with its rows in a Postgres of its own too, whose CPU and memory count with it
  --write            put the table into docs/benchmarks.md and the figures into docs/benchmarks.json`;

const page = 'docs/benchmarks.md';
const record = 'docs/benchmarks.json';
const markers = { begin: '<!-- bench:begin -->', end: '<!-- bench:end -->' };

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

interface Result {
  readonly row: string;
  readonly what: string;
  readonly subject: string;
  readonly version: string;
  readonly runs: number;
  readonly figures: Readonly<Record<string, Spread>>;
  readonly measured: { readonly at: string; readonly node: string; readonly machine: string; readonly load: number };
}

async function rowsOf(only: string, scale: Scale): Promise<BenchRow[]> {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bench.ts'));
  type Module = { readonly row: BenchRow | ((scale: Scale) => BenchRow) };
  const modules = await Promise.all(files.sort().map(async (name) => (await import(`./${name}`)) as Module));
  return modules.map(({ row }) => (typeof row === 'function' ? row(scale) : row)).filter(({ name }) => name.includes(only));
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) };
}

async function measureRow(row: BenchRow, runs: number, only: string): Promise<Result[]> {
  const subjects = row.subjects.filter(({ name }) => name.includes(only));
  const undo = (await row.prepare?.()) ?? (() => Promise.resolve());
  const found = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]));
  try {
    for (let round = 1; round <= runs; round++) {
      for (const { name, measure } of subjects) {
        const figures = await measure();
        found.get(name)?.push(figures);
        console.log(
          `${row.name} ${round}/${runs} ${name}: ${Object.entries(figures)
            .map(([key, value]) => `${key} ${short(value)}`)
            .join(', ')}`,
        );
      }
    }
  } finally {
    await undo();
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}`;
  const measured = {
    at: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
  return subjects.map(({ name, version }) => {
    const all = found.get(name) ?? [];
    const keys = Object.keys(all[0] ?? {});
    const figures = Object.fromEntries(keys.map((key) => [key, spreadOf(all.map((one) => one[key] ?? Number.NaN))]));
    return { row: row.name, what: row.what, subject: name, version, runs, figures, measured };
  });
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);
}

/** `x ours` is the median as a multiple of the row's first subject, which is Slipway: above 1 the peer needs more. */
function tableOf(results: readonly Result[]): string {
  const lines = ['| row | subject | figure | min | median | max | x ours | runs | conditions |', '|---|---|---|---|---|---|---|---|---|'];
  for (const { row, subject, version, figures, runs, measured } of results) {
    const ours = results.find((other) => other.row === row)?.figures ?? {};
    const conditions = `${measured.at}, Node ${measured.node}, ${measured.machine}, load ${measured.load}`;
    for (const [figure, { min, median, max }] of Object.entries(figures)) {
      const ratio = ours === figures ? '' : short(median / (ours[figure]?.median ?? Number.NaN));
      lines.push(
        `| ${row} | ${subject} ${version} | ${figure} | ${[min, median, max].map(short).join(' | ')} | ${ratio} | ${runs} | ${conditions} |`,
      );
    }
  }
  const rows = [...new Map(results.map(({ row, what }) => [row, what]))];
  return [...lines, '', ...rows.map(([row, what]) => `- **${row}**: ${what}.`)].join('\n');
}

/** Keeps the rows that were not measured now as they were, and writes page and record. */
function write(results: readonly Result[]): void {
  const before = existsSync(join(checkoutRoot, record)) ? (JSON.parse(readText(record)) as Result[]) : [];
  const measured = new Set(results.map(({ row }) => row));
  const all = [...before.filter(({ row }) => !measured.has(row)), ...results].sort((a, b) => (a.row < b.row ? -1 : a.row > b.row ? 1 : 0));
  writeFileSync(join(checkoutRoot, record), `${JSON.stringify(all, null, 2)}\n`);
  const text = existsSync(join(checkoutRoot, page)) ? readText(page) : `# Benchmarks\n\n${markers.begin}\n${markers.end}\n`;
  const begin = text.indexOf(markers.begin);
  const end = text.indexOf(markers.end);
  if (begin === -1 || end < begin)
    throw new Error(`${page} needs the lines ${markers.begin} and ${markers.end}, with the table between them`);
  writeFileSync(join(checkoutRoot, page), `${text.slice(0, begin)}${markers.begin}\n${tableOf(all)}\n${text.slice(end)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      subject: { type: 'string' },
      runs: { type: 'string' },
      short: { type: 'boolean' },
      postgres: { type: 'boolean' },
      write: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(usage);
  const rows = await rowsOf(values.only ?? '', {
    short: values.short ?? false,
    subject: values.subject ?? '',
    postgres: values.postgres ?? false,
  });
  const runs = Number(values.runs ?? 0);
  if (rows.length === 0 || !Number.isInteger(runs) || runs < 0 || runs > 1000) throw new Error(usage);
  const results: Result[] = [];
  for (const row of rows) results.push(...(await measureRow(row, runs || row.runs, values.subject ?? '')));
  console.log(`\n${tableOf(results)}`);
  if (values.write && values.subject === undefined) write(results);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
