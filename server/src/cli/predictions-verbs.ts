import type { Client } from '@slipway/sdk';
import { exits } from './exits.ts';
import { numberText, plain } from './format.ts';
import { timeOf } from './numbers.ts';
import { usageProblem } from './problem.ts';
import { fitRows, type Row, type Rows, readRows } from './records.ts';
import { type Noun, verb } from './verb.ts';
import type { Work } from './work.ts';

type Answer = Awaited<ReturnType<Client['deployments']['predict']>>;

/** The contracts take as many rows in one request. */
const rowsPerRequest = 1_000;
const outcomesPerRequest = 5_000;

export const predict = verb({
  usage: 'predict <deployment> [row]',
  summary: 'Score one row, or a file of rows.',
  example: `predict delay '{"carrier": "UA", "origin": "EWR", "distance_miles": 2475}'`,
  options: {
    'file <path>': 'rows in a .csv, .json or .jsonl file, plain or .gz; columns that the model does not take are left out',
    'id <column>': 'column of a file that has the ids of the rows',
    'time <column>': 'column of a file that has the event times',
  },
  async run({ deployment, row: json, file, id, time }, work) {
    if (json !== undefined && file !== undefined) throw usageProblem('A row and a file were given.', 'Give one of them.');
    const read = file === undefined ? { rows: [rowOf(json)], isText: false } : readRows(work.environment.folder, file);
    const given = read.rows;
    const rows = file === undefined ? given : await fittingRows(deployment, read, [id, time], work);
    let all: Answer | undefined;
    for (let at = 0; at < rows.length; at += rowsPerRequest) {
      const span = given.slice(at, at + rowsPerRequest);
      const body = {
        rows: rows.slice(at, at + rowsPerRequest),
        ...(id !== undefined && { ids: span.map((row) => String(row[id] ?? '')) }),
        ...(time !== undefined && { event_time_ms: span.map((row) => timeOf(String(row[time] ?? ''), time)) }),
      };
      const answer = await work.client.deployments.predict({ params: { deployment }, body, signal: work.signal });
      all = all === undefined ? answer : { ...answer, predictions: [...all.predictions, ...answer.predictions] };
    }
    if (all === undefined) throw usageProblem(`${file} has no rows.`, 'Give at least one.');
    await work.answer(all, ({ model, predictions }, see) => [
      ...see.table(
        ['id', '>version', 'prediction', '>probability', 'warnings'],
        predictions.map((one) => [one.id, one.version, predictionText(one), one.probability, one.warnings.join('; ')]),
        'No predictions.',
      ),
      `${numberText(predictions.length)} rows scored by ${model}.`,
    ]);
    return exits.ok;
  },
});

function predictionText({ label, prediction }: Answer['predictions'][number]): string | number | undefined {
  return label ?? prediction;
}

function rowOf(json: string | undefined): Row {
  if (json === undefined) throw usageProblem('No row was given.', 'Give one as JSON, or a file with `--file rows.csv`.');
  try {
    const row: unknown = JSON.parse(json);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  } catch {
    // Told below, with an example.
  }
  throw usageProblem(
    `The row is no JSON object: ${plain(json.slice(0, 80))}`,
    `Write it as in '{"carrier": "UA", "distance_miles": 2475}'.`,
  );
}

/** Rows of a file with the columns that the serving version takes; texts of a CSV become numbers where it takes numbers. */
async function fittingRows(deployment: string, read: Rows, others: readonly (string | undefined)[], work: Work): Promise<readonly Row[]> {
  const { client, project, signal } = work;
  const { definition, champion } = await client.deployments.get({ params: { project, deployment }, signal });
  if (champion === null) return read.rows;
  const { signature } = await client.models.version({ params: { project, model: definition.model, version: champion }, signal });
  const { fitting, left } = fitRows(read, signature.inputs);
  const unused = left.filter((name) => !others.includes(name));
  if (unused.length > 0) work.streams.error(`Left out, since the model does not take them: ${unused.map(plain).join(', ')}.\n`);
  return fitting;
}

const add = verb({
  usage: 'add <deployment> <file>',
  summary: 'Tell the truth about served rows by their ids, from a file.',
  example: 'outcomes add delay landed.csv --value late',
  options: {
    'id <column>': 'column with the ids (default id)',
    'value <column>': 'column with the truth (default value)',
    'time <column>': 'column with the times at which it was known (default: now)',
  },
  async run({ deployment, file, id = 'id', value = 'value', time }, work) {
    const { rows } = readRows(work.environment.folder, file);
    const outcomes = rows.map((row, at) => outcomeOf(row, `${file}, row ${at + 1}`, id, value, time));
    const total = { matched: 0, unmatched: 0, changed: 0 };
    for (let at = 0; at < outcomes.length; at += outcomesPerRequest) {
      const body = { outcomes: outcomes.slice(at, at + outcomesPerRequest) };
      const answer = await work.client.deployments.outcomes({ params: { deployment }, body, signal: work.signal });
      total.matched += answer.matched;
      total.unmatched += answer.unmatched;
      total.changed += answer.changed;
    }
    await work.answer(total, ({ matched, unmatched, changed }) => [
      `${numberText(matched)} outcomes matched a prediction, ${numberText(changed)} of them replaced an earlier one.`,
      ...(unmatched > 0 ? [`${numberText(unmatched)} wait for a prediction with their id.`] : []),
    ]);
    return exits.ok;
  },
});

function outcomeOf(row: Row, where: string, id: string, value: string, time: string | undefined) {
  const name = row[id];
  const truth = row[value];
  if ((typeof name !== 'string' && typeof name !== 'number') || name === '') throw missing(where, id, '--id');
  if (typeof truth !== 'string' && typeof truth !== 'number' && typeof truth !== 'boolean') throw missing(where, value, '--value');
  return { id: String(name), value: truth, ...(time !== undefined && { observed_at_ms: timeOf(String(row[time] ?? ''), time) }) };
}

function missing(where: string, column: string, option: string): Error {
  return usageProblem(`${where} has no ${plain(column)}.`, `Name the column with \`${option} COLUMN\`.`);
}

export const outcomes: Noun = { noun: 'outcomes', summary: 'The truth that came later: add.', verbs: [add] };
