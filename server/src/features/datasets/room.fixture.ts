import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { createAnalytics } from '../../platform/analytics/index.ts';
import { openBlobs, putOfProject } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createDatasets, type FileReference } from './index.ts';

export const project: Project = { id: 'prj_1', name: 'flights', zone: 'America/New_York', clock: 'data' };
export const caller: Caller = systemCaller('test');

/** The room over a data folder, with everything it needs real. */
export async function openRoom(folder: string) {
  const [clock, log] = [systemClock, createLog({ level: 'silent' })];
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const analytics = createAnalytics({ folder: join(folder, 'analytics'), log });
  const tables = join(folder, 'tables');
  const datasets = createDatasets({ database, events, definitions, blobs, analytics, clock, folder: tables });
  return {
    datasets,
    database,
    blobs,
    events,
    analytics,
    folder,
    /** Tables that were begun and not removed. */
    unfinished: () => readdirSync(tables),
    async upload(files: Readonly<Record<string, string | Buffer>>): Promise<FileReference[]> {
      const put = async ([path, content]: [string, string | Buffer]): Promise<FileReference> => {
        const { digest } = await putOfProject({ database, blobs, clock }, project, Buffer.from(content), { limit_bytes: 2 ** 30 });
        return { path, digest };
      };
      return Promise.all(Object.entries(files).map(put));
    },
    async close() {
      await analytics.stop();
      await database.close();
      await blobs.close();
    },
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;

/** A room in a folder that goes with the test. */
export async function newRoom(t: TestContext): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-datasets-'));
  const room = await openRoom(folder);
  t.after(async () => {
    await room.close();
    rmSync(folder, { recursive: true });
  });
  return room;
}
