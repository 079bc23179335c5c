import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../../../../tools/postgres.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { type Database, type Migration, openDatabase } from '../index.ts';

export interface NotesTable {
  id: number;
  text: string;
  weight: number | null;
}

declare module '../handle.ts' {
  interface Tables {
    pg_notes: NotesTable;
    pg_copies: { id: number };
  }
}

export const notes: Migration = {
  name: '0001-notes',
  up: async (tx) => {
    await tx.schema
      .createTable('pg_notes')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('weight', 'real')
      .execute();
    await tx.schema.createTable('pg_copies').addColumn('id', 'integer').execute();
  },
};

/** A Postgres server of this test file alone, which may be stopped. */
export function ownServer() {
  let server: PostgresServer | null = null;
  let made = 0;
  const folders: string[] = [];
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server?.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const running = (): PostgresServer => {
    if (!server) throw new Error('the server runs only while tests do');
    return server;
  };
  const urlOf = (database: string, change: (url: URL) => void = () => undefined): string => {
    const url = new URL(running().url);
    url.pathname = `/${database}`;
    change(url);
    return url.href;
  };
  return {
    get server() {
      return running();
    },
    urlOf,
    /** Runs statements as the superuser. */
    async administer(...statements: readonly string[]): Promise<void> {
      const client = new pg.Client(running().url);
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    },
    async rows(url: string, sql: string): Promise<unknown[]> {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      return rows;
    },
    /** While `work` runs, a session of somebody else has what the function gives it. */
    async holding(url: string, held: string, work: () => Promise<void>): Promise<void> {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(`select ${held}`);
      await work().finally(() => client.end());
    },
    async newDatabase(options = ''): Promise<string> {
      const name = `own_${++made}`;
      await this.administer(`create database ${name} template template0 ${options}`);
      return urlOf(name);
    },
    async open(url: string, migrations: readonly Migration[] = [notes]): Promise<Database> {
      const folder = mkdtempSync(join(tmpdir(), 'slipway-postgres-'));
      folders.push(folder);
      return openDatabase({ folder, url, migrations, clock: systemClock });
    },
  };
}

export type OwnServer = ReturnType<typeof ownServer>;

export const add = (database: Database, id: number, text = `note ${id}`) =>
  database.write((tx) =>
    tx
      .insertInto('pg_notes')
      .values({ id, text, weight: id / 2 })
      .execute(),
  );

export const idsOf = async (database: Database): Promise<number[]> =>
  (await database.read.selectFrom('pg_notes').select('id').orderBy('id').execute()).map(({ id }) => id);

interface Proxy {
  readonly port: number;
  /** Lets nobody in any more, until it is told to. */
  refuse(): void;
  admit(): void;
  close(): void;
}

/** Stands between a client and the server, and lets `cut` decide at each message of the client whether the answer, or the message itself, still arrives. */
export async function startProxy(target: URL, cut: (sent: Buffer) => boolean | 'swallowed'): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const proxy = createServer((client) => {
    if (!isOpen) return void client.destroy();
    const upstream = tcpConnect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        // What the client sent last still arrives.
        upstream.end();
      });
    }
    let deaf = false;
    client.on('data', (sent) => {
      const fate = !deaf && cut(sent);
      if (fate !== 'swallowed') upstream.write(sent);
      if (fate !== false) {
        deaf = true;
        setTimeout(() => client.destroy(), 200);
      }
    });
    upstream.on('data', (answer) => {
      if (!deaf) client.write(answer);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as { port: number }).port,
    refuse: () => {
      isOpen = false;
    },
    admit: () => {
      isOpen = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
