import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Permission } from '@slipway/contracts';
import { testRoles } from '../../features/access/access.fixture.ts';
import { createAccess } from '../../features/access/index.ts';
import { createDatasets } from '../../features/datasets/index.ts';
import { createModels } from '../../features/models/index.ts';
import { createRuns } from '../../features/runs/index.ts';
import { createTraces } from '../../features/traces/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { systemIds } from '../../kernel/ids.ts';
import { createAnalytics } from '../../platform/analytics/index.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations, openDatabase } from '../../platform/database/index.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createHttp, createMetrics } from '../../platform/http/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { isMlflowPath, mlflowProtocolRoutes } from './index.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export const password = 'four unrelated words';

/** For tests: the protocol behind a real server, on a real database, with an admin who made tokens. */
export async function openMlflow(t: TestContext, { artifactRoot }: { readonly artifactRoot?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-mlflow-'));
  const clock = systemClock;
  const log = createLog({ level: 'warn', file: join(folder, 'server.log') });
  const database = await openDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const platform = { database, blobs, events, definitions, clock, log };
  const access = createAccess({ ...platform, ids: systemIds, roles: testRoles, auth: 'on', secureCookies: false });
  const models = createModels(platform);
  const analytics = createAnalytics({ folder: join(folder, 'analytics'), log });
  const datasets = createDatasets({ ...platform, analytics, folder: join(folder, 'datasets') });
  const runs = createRuns(platform);
  await access.installation.ensure();
  const http = createHttp({
    routes: mlflowProtocolRoutes({ access, datasets, runs, models, traces: createTraces(platform), blobs, database, clock, artifactRoot }),
    isForeign: isMlflowPath,
    authenticate: (shown) => access.authenticate(shown),
    resolveProject: (name) => access.projects.resolve(name),
    database,
    metrics: createMetrics(),
    log,
    clock,
    hosts: [],
    origins: [],
  });
  t.after(async () => {
    await http.close(1000);
    await analytics.stop();
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const link = (await access.installation.openSetupLink()) ?? '';
  const token = new URL(link, 'http://localhost').searchParams.get('token') ?? '';
  const opened = await access.installation.setUp({ token, name: 'Ada', email: 'ada@example.org', password, request: 'req_1' });
  const cookies = new Map([['slipway_session', opened.secret]]);
  const admin = await access.authenticate({ bearer: null, cookies, ip: '127.0.0.1', request: 'req_1' });
  if (!admin) throw new Error('the admin is not signed in');
  const tokenFor = async (project: string, permissions: readonly Permission[]) => {
    const made = { name: permissions.join(' '), project: await access.projects.resolve(project), permissions, server_admin: false };
    return (await access.tokens.create(admin, { ...made, expires_in_days: 1 })).secret;
  };
  const writer = await tokenFor('default', ['read', 'write']);

  async function call(method: Method, url: string, body?: unknown, headers: Record<string, string> = {}) {
    const sent = body === undefined ? {} : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) };
    const type = body === undefined || 'content-type' in headers ? {} : { 'content-type': 'application/json' };
    // An empty header is none at all.
    const all = Object.entries({ authorization: `Bearer ${writer}`, ...type, ...headers }).filter(([, value]) => value !== '');
    const answer = await http.inject({ method, url, headers: Object.fromEntries(all), ...sent });
    const isJson = answer.headers['content-type']?.toString().startsWith('application/json') && answer.body !== '';
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: isJson ? answer.json() : null };
  }
  const post = (path: string, body: unknown) => call('POST', `/api/2.0/mlflow/${path}`, body);
  const get = (path: string) => call('GET', `/api/2.0/mlflow/${path}`);
  return { database, access, admin, datasets, clock, runs, models, blobs, http, tokenFor, call, post, get };
}

export type Mlflow = Awaited<ReturnType<typeof openMlflow>>;
