import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type LocalTime, nextDate } from './local-time.ts';

/** What the dataset says of its columns: which are sent as features, which is the time, which come true later. */
export interface TapeColumn {
  readonly name: string;
  readonly type: string;
  readonly role: 'feature' | 'target' | 'time' | 'key' | 'outcome only';
}

/** One flight. Texts are JSON already: each is sent once, and a year of objects would be in the way of the garbage collector. */
export interface Departure {
  readonly id: string;
  readonly event_time_ms: number;
  /** The body of its request. */
  readonly request: string;
  /** An element of `outcomes`. */
  readonly outcome: string;
  readonly known_at_ms: number;
}

/** The flights by date, and in each in the order of time. */
export type Tape = ReadonlyMap<string, readonly Departure[]>;

/** When the truth arrives, after the scheduled departure: six hours of flying and delay, two of paperwork. */
const outcomeDelay_ms = 8 * 3_600_000;

const fileLimit_bytes = 256 * 2 ** 20;

/** Reads every `.csv.gz` of a folder, in the order of their names. */
export function readTape(folder: string, columns: readonly TapeColumn[], time: LocalTime): Tape {
  const tape = new Map<string, Departure[]>();
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.csv.gz')) readInto(tape, readTable(join(folder, name)), columns, time);
  }
  for (const day of tape.values()) day.sort((a, b) => a.event_time_ms - b.event_time_ms || (a.id < b.id ? -1 : 1));
  return tape;
}

export function readTable(file: string): string {
  return gunzipSync(readFileSync(file), { maxOutputLength: fileLimit_bytes }).toString('utf8');
}

/** Adds the rows of one table; its values are plain, so a quote is refused rather than misread. */
export function readInto(tape: Map<string, Departure[]>, csv: string, columns: readonly TapeColumn[], time: LocalTime): void {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const read = rowReader(header, columns, time);
  for (const line of lines) {
    if (line.includes('"')) throw new Error(`the tape has a quoted value, which it should not: ${line.slice(0, 80)}`);
    const cells = line.split(',');
    const date = read.date(cells);
    const day = tape.get(date) ?? [];
    if (day.length === 0) tape.set(date, day);
    day.push(read.departure(cells, `${date}-${String(day.length + 1).padStart(6, '0')}`));
  }
}

interface Place {
  readonly column: TapeColumn;
  readonly at: number;
}

function rowReader(header: string, columns: readonly TapeColumn[], time: LocalTime) {
  const names = header.split(',');
  const places = columns.map((column): Place => ({ column, at: names.indexOf(column.name) }));
  const absent = places.filter(({ at }) => at < 0).map(({ column }) => column.name);
  if (absent.length > 0) throw new Error(`the tape has no column ${absent.join(', ')}`);
  const withRole = (role: TapeColumn['role']): Place[] => places.filter(({ column }) => column.role === role);
  const [when] = withRole('time');
  const [target] = withRole('target');
  if (!when || !target) throw new Error('the dataset names no time column, or no target: the tape cannot be played');
  const features = withRole('feature');
  const extra = withRole('outcome only');

  return {
    date: (cells: readonly string[]): string => (cells[when.at] ?? '').slice(0, 10),
    departure(cells: readonly string[], id: string): Departure {
      const event_time_ms = time.utcOf(cells[when.at] ?? '');
      const known_at_ms = event_time_ms + outcomeDelay_ms;
      return {
        id,
        event_time_ms,
        known_at_ms,
        request: `{"rows":[${object(features, cells)}],"ids":["${id}"],"event_time_ms":${event_time_ms}}`,
        outcome: `{"id":"${id}","value":${json(target.column, cells[target.at])},"extra":${object(extra, cells)},"observed_at_ms":${known_at_ms}}`,
      };
    },
  };
}

function object(places: readonly Place[], cells: readonly string[]): string {
  return `{${places.map(({ column, at }) => `${JSON.stringify(column.name)}:${json(column, cells[at])}`).join(',')}}`;
}

function json({ type, name }: TapeColumn, cell: string | undefined): string {
  if (cell === undefined || cell === '') return 'null';
  if (type !== 'integer' && type !== 'number') return JSON.stringify(cell);
  const value = Number(cell);
  if (!Number.isFinite(value)) throw new Error(`the tape has ${JSON.stringify(cell)} in ${name}, which is a ${type}`);
  return String(value);
}

/** What the player does on one date: it sends the flights, then tells what became known by its end, then moves the clock there. */
export interface Day {
  readonly date: string;
  readonly end_ms: number;
  readonly departures: readonly Departure[];
  /** Of this date and of the one before; those known after midnight are told the next day. */
  readonly outcomes: readonly Departure[];
}

/** The dates from the one that holds `from_ms` up to, not with, `until`; the one after the last flight tells its outcomes. */
export function daysOf(tape: Tape, time: LocalTime, from_ms: number, until: string | undefined): Day[] {
  const dates = [...tape.keys()].sort();
  const last = dates.at(-1);
  if (last === undefined) return [];
  const days: Day[] = [];
  for (let date = time.dateOf(from_ms); date <= nextDate(last) && (until === undefined || date < until); date = nextDate(date)) {
    const start_ms = time.midnight(date);
    const end_ms = time.midnight(nextDate(date));
    const departures = tape.get(date) ?? [];
    const yesterday = tape.get(dateBefore(date)) ?? [];
    const outcomes = [...yesterday, ...departures].filter(({ known_at_ms }) => known_at_ms > start_ms && known_at_ms <= end_ms);
    days.push({ date, end_ms, departures, outcomes });
  }
  return days;
}

function dateBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
