import type { ErrorEntry } from './entry.ts';

/** What refuses a start, and what a database on another server adds to it. */
export const databaseErrors = {
  data_folder_in_use: {
    status: 409,
    message: 'Another Slipway server holds this data folder (pid {pid}).',
    todo: 'Use that server, stop it, or start with another folder: `slipway up --data DIR`.',
  },
  port_taken: {
    status: 409,
    message: 'Port {port} on {host} is taken by another program.',
    todo: 'Stop that program, or choose another port: `slipway up --port N`. A port is never changed by itself.',
  },
  auth_off_not_loopback: {
    status: 409,
    message: 'Sign-in cannot be off on {host}: others could reach it.',
    todo: 'Leave `--auth off` away, or serve on loopback (the default).',
  },
  bind_not_safe: {
    status: 409,
    message: 'Serving on {host} needs TLS or a declared proxy, which this version does not have.',
    todo: 'Serve on loopback (the default) and reach it through a tunnel or a proxy of your own on the same machine.',
  },
  restore_unfinished: {
    status: 409,
    message: 'A restore into {folder} was cut short, so the folder is not whole.',
    todo: 'Run the same `slipway restore` again; it goes on where it stopped.',
  },
  database_address_not_valid: {
    status: 409,
    message: 'The address of the database cannot be used: {reason}.',
    todo: 'Give it as `postgres://USER@HOST:5432/NAME`, with the password in SLIPWAY_DATABASE or in a file (`--database-file`).',
  },
  traces_address_not_valid: {
    status: 409,
    message: 'The address for traces of the server cannot be used: {reason}.',
    todo: 'Give that of an OTLP receiver over HTTP, as `--otlp-traces http://127.0.0.1:4318`.',
  },
  blobs_address_not_valid: {
    status: 409,
    message: 'The address of the stored files cannot be used: {reason}.',
    todo: 'Give a folder that all servers on the database see, as `--blobs file:///srv/slipway/blobs`, together with `--database`.',
  },
  database_unreachable: {
    status: 503,
    message: 'The database {database} at {server} cannot be used now: {reason}.',
    todo: 'Nothing was written. Try again in a moment; the server takes up its work by itself as soon as the database answers.',
  },
  database_signs_out: {
    status: 409,
    message: 'The database {database} at {server} lets nobody in with these credentials: {reason}.',
    todo: 'Check user, password and `pg_hba.conf`. Give the password in SLIPWAY_DATABASE or in a file (`--database-file`).',
  },
  database_too_old: {
    status: 409,
    message: 'The server {server} is Postgres {found}; at least {needed} is needed.',
    todo: 'Use a newer Postgres server, or leave `--database` away to keep everything in the data folder.',
  },
  database_wrong_encoding: {
    status: 409,
    message: 'The database {database} keeps text as {found}; only UTF8 holds every text.',
    todo: "Make a database for Slipway: `CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0`.",
  },
  database_not_durable: {
    status: 409,
    message: 'The Postgres server {server} has {setting} = off: it would lose writes that were acknowledged.',
    todo: 'Turn it on (`ALTER SYSTEM SET {setting} = on`, then reload, or restart for fsync).',
  },
  database_no_rights: {
    status: 409,
    message: 'The user of the database {database} may not {what} in schema {schema}.',
    todo: 'Let the owner run: `GRANT CREATE, USAGE ON SCHEMA {schema} TO USER`, or give Slipway a database of its own.',
  },
  transfer_addresses_not_valid: {
    status: 409,
    message: 'Rows move between SQLite and Postgres; these addresses are {from} and {to}.',
    todo: 'Give one as `sqlite:FOLDER` (a data folder) and the other as `postgres://USER@HOST:5432/NAME`.',
  },
  transfer_target_not_empty: {
    status: 409,
    message: 'The target is not empty: {table} is there with rows.',
    todo: 'Move rows into an empty database, or into a data folder without one.',
  },
  transfer_schema_differs: {
    status: 409,
    message: 'The table {table} does not have the same columns on both sides.',
    todo: 'Let only Slipway change its tables; restore a backup if something else did.',
  },
  transfer_not_verified: {
    status: 409,
    message: 'The table {table} was read back with other rows than were written ({found} of {rows}). Nothing was kept.',
    todo: 'Try again; if it happens again, please report it with this line.',
  },
  outcome_unknown: {
    status: 503,
    message: 'The connection to the database was lost while the change was being committed; whether it was kept is unknown.',
    todo: 'Look whether the change is there before it is sent again. With an Idempotency-Key a repeat is safe.',
  },
  schema_too_new: {
    status: 409,
    message: 'The database was written by a newer Slipway: it has the schema step {name}, which this version does not know.',
    todo: 'Start it with the newer version, or restore a backup that this version made (`slipway restore`).',
  },
} as const satisfies Record<string, ErrorEntry>;
