import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Caller } from '../../kernel/caller.ts';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { type Database, migrations } from '../database/index.ts';
import { openTestDatabase as openDatabase } from '../database/test-database.fixture.ts';
import { createEvents, type Events } from '../events/index.ts';
import { createLog } from '../log/index.ts';
import { createHttp, createMetrics, type Http, type HttpOptions, type Route } from './index.ts';

/** For tests: a real database in a folder that goes with the test. */
export async function openTestDatabase(t: TestContext, clock: Clock = systemClock) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  const database: Database = await openDatabase({ folder, migrations, clock });
  const events: Events = createEvents({ database, clock });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, database, events, logFile: join(folder, 'server.log') };
}

export const testProject: Project = { id: 'prj_00000000000000000000000000', name: 'flights', zone: 'UTC', clock: 'wall' };

/** For tests of the server itself: the bearer `reader` may read, `writer` may write too, in one project. */
export async function startTestServer(
  t: TestContext,
  routes: readonly Route[] | ((events: Events) => readonly Route[]),
  options: Partial<HttpOptions> = {},
) {
  const { folder, database, events, logFile } = await openTestDatabase(t);
  const http: Http = createHttp({
    routes: typeof routes === 'function' ? routes(events) : routes,
    database,
    metrics: createMetrics(),
    log: createLog({ level: 'warn', file: logFile }),
    clock: systemClock,
    hosts: [],
    origins: [],
    authenticate: async ({ bearer, request }) => (bearer === null ? null : callerNamed(bearer, request)),
    resolveProject: async (name) => {
      if (name !== testProject.name && name !== testProject.id) throw failure('not_found', { what: 'project', name });
      return testProject;
    },
    ...options,
  });
  t.after(() => http.close(1000));
  return { http, folder, database, events, logFile };
}

function callerNamed(name: string, request: string): Caller {
  if (name !== 'reader' && name !== 'writer') throw failure('token_not_valid', {});
  const held = name === 'reader' ? (['read'] as const) : (['read', 'write', 'predict'] as const);
  const grants = new Map([[testProject.id, new Set(held)]]);
  return { kind: 'token', id: name, name, person: null, grants, serverAdmin: false, cause: null, request };
}
