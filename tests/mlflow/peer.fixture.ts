import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, type Scope, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { environmentOf, releases } from './clients.fixture.ts';

/** It imports for long, and sets its database up. */
const start_ms = 240_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** `mlflow server` of the newest release, on SQLite, with its artifacts below a folder. */
export async function startPeer(t: Scope): Promise<string> {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'artifacts'));
  const port = await freePort();
  const words = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const stores = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', join(folder, 'artifacts')];
  const variables = { MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_LOGGING_LEVEL: 'ERROR', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' };
  const program = join(environmentOf(releases[0]), 'bin/python');
  const peer = launch(t, folder, [...words, ...stores], { variables, program });
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + start_ms; Date.now() < end; await sleep(250)) {
    const is = await fetch(`${address}/health`).catch(() => null);
    if (is?.ok) return address;
  }
  throw new Error(`mlflow server did not come up:\n${peer.error()}`);
}
