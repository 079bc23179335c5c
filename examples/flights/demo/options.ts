import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `npm run demo -- [--exit] [--port N] [--data DIR] [--until 2013-05-01] [--database ADDRESS [--servers 2]] [--shuffle-outcomes] [--json]
  --exit              end after the report; the exit code is 0 only if every stage happened
  --port N            port of the server (default 7575)
  --data DIR          data folder; a year that was begun in it goes on (default .slipway/demo of the example)
  --database ADDRESS  keep rows in this empty Postgres database (postgres://USER@HOST:5432/NAME; default: in the data folder)
  --servers 2         two servers on that database; when one is killed, the year goes on with the other (ports N and N + 1)
  --until DATE        play up to this date, not with it (default: to the end of the tape)
  --shuffle-outcomes  the control: outcomes go to other flights of the month, so the gate must refuse; ends with a code that is not 0
  --json              one JSON object per line, for programs`;

export interface Options {
  readonly exit: boolean;
  readonly port: number;
  readonly data: string;
  readonly database: string | undefined;
  readonly servers: 1 | 2;
  readonly until: string | undefined;
  readonly shuffle: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** Reads the flags. Throws a message for the user when one is wrong. */
export function readOptions(argv: readonly string[], example: string, folder: string): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      exit: { type: 'boolean', default: false },
      port: { type: 'string', default: '7575' },
      data: { type: 'string' },
      database: { type: 'string' },
      servers: { type: 'string', default: '1' },
      until: { type: 'string' },
      'shuffle-outcomes': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port ${values.port} is not a port from 1 to 65535`);
  const { until, help, exit, json, database } = values;
  if (until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(until)) throw new Error(`--until ${until} is not a date as 2013-05-01`);
  if (values.servers !== '1' && (values.servers !== '2' || database === undefined)) throw new Error('--servers is 1, or 2 with --database');
  const servers = values.servers === '2' ? 2 : 1;
  const shuffle = values['shuffle-outcomes'];
  const own = join(example, '.slipway', shuffle ? 'demo-shuffled' : 'demo');
  return {
    exit,
    port,
    data: values.data === undefined ? own : resolve(folder, values.data),
    database,
    servers,
    until,
    shuffle,
    json,
    help,
  };
}
