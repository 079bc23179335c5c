import { resolve } from 'node:path';
import { SlipwayApiError } from '@slipway/sdk';
import info from '../../package.json' with { type: 'json' };
import { type Exit, exits } from './exits.ts';
import { numberText, plain } from './format.ts';
import { ended, onFolder, progressLine } from './operation.ts';
import { usageProblem } from './problem.ts';
import { verb } from './verb.ts';
import type { Work } from './work.ts';

/** One check of an installation, whoever made it. */
interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  readonly todo: string | null;
}

export const env = verb({
  usage: 'env',
  summary: 'Print the variables that MLflow clients and other tools need, to `eval` in a shell.',
  example: 'env',
  async run(_, work) {
    const { server, token } = work.connection;
    const variables = {
      MLFLOW_TRACKING_URI: server,
      ...(token !== undefined && { MLFLOW_TRACKING_TOKEN: token }),
      MLFLOW_WORKSPACE: work.project,
      SLIPWAY_SERVER: server,
      ...(token !== undefined && { SLIPWAY_TOKEN: token }),
      SLIPWAY_PROJECT: work.project,
    };
    if (work.json) work.streams.out(`${JSON.stringify(variables, null, 2)}\n`);
    work.say(...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`));
    return exits.ok;
  },
});

/** A word of a POSIX shell, whatever is in it. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

export const doctor = verb({
  usage: 'doctor',
  summary: 'Look whether the server answers, fits this command line, knows you, and keeps what must always hold; exit code 1 when not.',
  example: 'doctor',
  everywhere: true,
  options: { deep: 'also hash every file again', 'data <folder>': 'a data folder that no server serves, instead of a server' },
  async run({ deep = false, data }, work) {
    const checks = data === undefined ? [...(await reach(work)), ...(await examined(deep, work))] : await looked(deep, data, work);
    await work.answer({ ok: checks.every(({ ok }) => ok), checks }, (_, see) => [
      ...see.table(
        ['', 'check', 'found'],
        checks.map(({ ok, check, found }) => [ok ? 'ok' : 'WRONG', check, found]),
        'Nothing was checked.',
      ),
      ...checks.flatMap(({ check, ok, todo }) => (ok || todo === null ? [] : [`${check}: ${plain(todo)}`])),
    ]);
    return checks.every(({ ok }) => ok) ? exits.ok : exits.failed;
  },
});

async function reach({ client, connection, signal }: Work): Promise<Check[]> {
  const described = await client.system.openapi({ signal });
  const version = String((described as { info?: { version?: unknown } }).info?.version ?? 'unknown');
  const fits = version === info.version;
  const caller = await client.access.me({ signal }).catch(refused);
  return [
    { check: 'server', ok: true, found: connection.server, todo: null },
    {
      check: 'version',
      ok: fits,
      found: fits ? version : `${version}; this command line is ${info.version}`,
      todo: 'Use the command line of the same version as the server.',
    },
    caller instanceof SlipwayApiError
      ? { check: 'signed in', ok: false, found: caller.message, todo: caller.todo }
      : { check: 'signed in', ok: true, found: caller.auth ? `${caller.name} (${caller.kind})` : 'sign-in is off', todo: null },
  ];
}

/** What the server finds when it looks at itself; only an admin of the installation may ask for that. */
async function examined(deep: boolean, work: Work): Promise<readonly Check[]> {
  const started = await work.client.operations.doctor({ body: { deep }, signal: work.signal }).catch(refused);
  if (started instanceof SlipwayApiError) return [{ check: 'inside', ok: false, found: started.message, todo: started.todo }];
  const operation = await ended(started.id, work);
  return operation.kind === 'doctor' ? (operation.result?.checks ?? []) : [];
}

async function looked(deep: boolean, data: string, work: Work): Promise<readonly Check[]> {
  const done = await onFolder({ data: resolve(work.environment.folder, data), backups: null, request: { kind: 'doctor', deep } }, work);
  return done.kind === 'doctor' ? done.result.checks : [];
}

function refused(error: unknown): SlipwayApiError {
  if (error instanceof SlipwayApiError && (error.status === 401 || error.status === 403)) return error;
  throw error;
}

export const migrate = verb({
  usage: 'migrate',
  summary: 'Move all rows from a data folder to Postgres, or back, with no server running; each table is read back and compared.',
  example: 'migrate --from sqlite:.slipway --to postgres://slipway@db.example.org/slipway',
  local: true,
  options: {
    'from <address>': 'where the rows are: `sqlite:FOLDER` or `postgres://USER@HOST:5432/NAME`; without it SLIPWAY_DATABASE',
    'to <address>': 'where they go, without any yet: the other of the two; without it SLIPWAY_DATABASE',
  },
  async run({ from, to }, work): Promise<Exit> {
    const { folder, database } = work.environment;
    const addressOf = (given: string | undefined, option: string): string => {
      const address = given ?? database;
      if (address === undefined) throw usageProblem(`${option} is missing.`, 'Give both ends, one of them as `sqlite:FOLDER`.');
      return address.startsWith('sqlite:') ? `sqlite:${resolve(folder, address.slice('sqlite:'.length))}` : address;
    };
    // The list of processes shows the words of a command to everybody on the machine.
    process.title = 'slipway migrate';
    const progress = progressLine(work.streams);
    const tables = await work.migrateRows({
      from: addressOf(from, '--from'),
      to: addressOf(to, '--to'),
      progress,
    });
    progress('', 0, null);
    await work.answer({ tables }, (_, see) => [
      ...see.table(
        ['table', '>rows'],
        tables.map(({ table, rows }) => [table, numberText(rows)]),
        'There was nothing to move.',
      ),
      'Every table was read back and is equal. The rows that were moved are still at the old place; files stay in the data folder.',
    ]);
    return exits.ok;
  },
});
