import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { migrations } from '../../platform/database/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createLog } from '../../platform/log/index.ts';
import { type App, buildApp } from '../build-app.ts';
import type { BackupResult } from './backup.ts';
import { type BackupsFolder, type OpenFolder, type Restored, restore, verifyBackup, type Work } from './index.ts';

export const admin: Caller = systemCaller('test');
const log = createLog({ level: 'silent' });
export const work: Work = { progress: () => undefined, signal: new AbortController().signal };

const root = mkdtempSync(join(tmpdir(), 'slipway-operations-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** For tests: an empty folder of mode 0700 that goes with the file. */
export function newFolder(): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

export interface OpenAppOptions {
  readonly now?: () => number;
  readonly backups?: BackupsFolder;
  readonly blobs?: string;
}

/** For tests: the rooms over a folder, without a server. */
export function openApp(data: string, { now = () => Date.now(), ...options }: OpenAppOptions = {}): Promise<App> {
  return buildApp({ ...options, data, auth: 'on', clock: { ...systemClock, now }, log, address: () => '' });
}

const open: OpenFolder = (folder, where = {}) => openApp(folder, where);

export function bringBack(from: string, data: string): Promise<Restored> {
  return restore({ from, data, open, clock: systemClock, log, ...work });
}

export function rehearse(from: string, scratch: string): Promise<Restored> {
  return verifyBackup({ from, scratch, open, clock: systemClock, log, ...work });
}

export interface World {
  readonly app: App;
  readonly data: string;
  readonly backups: BackupsFolder;
  readonly project: Project;
  /** A run with these files under their names. */
  run(files: Readonly<Record<string, Buffer>>): Promise<string>;
}

const day_ms = 86_400_000;

/** For tests: an installation with a folder for its backups. */
export async function withWorld(
  use: (world: World) => Promise<void>,
  { now, keep = 7, folder = join(newFolder(), 'backups') }: { now?: () => number; keep?: number; folder?: string } = {},
): Promise<void> {
  const data = newFolder();
  const backups = { folder, every_ms: day_ms, keep };
  const clock = { ...systemClock, now: now ?? Date.now };
  // With the rows in the database that the tests run on; a backup of them is a data folder of its own.
  const database = openTestDatabase({ folder: data, migrations, clock });
  const app = await buildApp({ data, backups, database, auth: 'on', clock, log, address: () => '' });
  try {
    await app.access.installation.ensure();
    const project = await app.access.projects.resolve('default');
    const run = async (files: Readonly<Record<string, Buffer>>): Promise<string> => {
      const { id } = await app.runs.createRun(admin, project, { name: 'try' });
      for (const [path, content] of Object.entries(files)) {
        const { digest } = await app.blobs.put(content, { limit_bytes: 10_000_000 });
        await app.runs.putArtifact(admin, project, id, { path, digest });
      }
      return id;
    };
    await use({ app, data, backups, project, run });
  } finally {
    await app.jobs.stop(1000);
    await app.close();
  }
}

export async function backupOf(app: App): Promise<BackupResult> {
  const done = await app.operations.run(admin, { kind: 'backup' }, work);
  assert.ok(done.kind === 'backup');
  return done.result;
}

/** The stored file of a large blob. */
export function fileOf(blobs: string, digest: string): string {
  const objects = join(blobs, 'objects');
  const found = readdirSync(objects, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(digest.slice(-60)));
  assert.ok(found, 'the blob has a file of its own');
  return join(objects, found);
}

export async function artifactOf(app: App, project: Project, run: string, path: string): Promise<Buffer> {
  const { content } = await app.runs.openArtifact(admin, project, run, path);
  return Buffer.concat((await content.toArray()) as Buffer[]);
}
