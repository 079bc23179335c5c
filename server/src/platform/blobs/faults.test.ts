import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256 } from '../../kernel/digest.ts';
import { SlipwayError } from '../../kernel/error.ts';
import { createLog } from '../log/index.ts';
import { type Blobs, type Files, type OpenFile, openBlobs, systemFiles } from './index.ts';

/*
 * SQLite's way of testing for failing disks: fail the first call on the file system, then the second, and so on,
 * until a run ends without a failure. After each one whatever was acknowledged must be there, whole.
 */
type Fault = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short write';
const faults: readonly Fault[] = ['EIO', 'ENOSPC', 'EMFILE', 'short write'];

/** The calls that need a descriptor: no other one can fail for the want of one. */
const crowded: ReadonlySet<string> = new Set(['open', 'readdir']);

interface Faulty extends Files {
  /** Fails the call with this number from now on, counting from 1; 0 is none. */
  failAt(call: number, fault: Fault): void;
  readonly fired: boolean;
  readonly firedIn: string;
}

function faultyFiles(): Faulty {
  let countdown = 0;
  let fault: Fault = 'EIO';
  let firedIn = '';
  const fires = (name: string) => {
    if (countdown === 0 || --countdown > 0) return false;
    firedIn = name;
    return true;
  };
  const guard =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const possible = fault === 'EIO' || fault === 'ENOSPC' || (fault === 'EMFILE' && crowded.has(name));
      if (possible && fires(name)) throw Object.assign(new Error(`${fault} in ${name}`), { code: fault });
      return call(...args);
    };
  const guardFile = (file: OpenFile): OpenFile => ({
    read: guard('read', file.read),
    write: (bytes, position) => {
      const cut = fault === 'short write' && bytes.byteLength > 1 && fires('write');
      return guard('write', file.write)(cut ? bytes.subarray(0, bytes.byteLength >> 1) : bytes, position);
    },
    sync: guard('sync', file.sync),
    truncate: guard('truncate', file.truncate),
    setModified: guard('setModified', file.setModified),
    setMode: guard('setMode', file.setMode),
    stat: guard('stat', file.stat),
    close: file.close,
  });
  return {
    open: async (path, flags, mode) => guardFile(await guard('open', systemFiles.open)(path, flags, mode)),
    rename: guard('rename', systemFiles.rename),
    unlink: guard('unlink', systemFiles.unlink),
    mkdir: guard('mkdir', systemFiles.mkdir),
    readdir: guard('readdir', systemFiles.readdir),
    stat: guard('stat', systemFiles.stat),
    failAt(call, kind) {
      countdown = call;
      fault = kind;
      firedIn = '';
    },
    get fired() {
      return firedIn !== '';
    },
    get firedIn() {
      return firedIn;
    },
  };
}

const log = createLog({ level: 'silent' });
const callLimit = 400;
const options = { limit_bytes: 1_000_000 };

async function inFolder(context: TestContext, work: (folder: string, files: Faulty, open: () => Promise<Blobs>) => Promise<void>) {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-faults-'));
  context.after(() => rmSync(parent, { recursive: true, force: true }));
  const files = faultyFiles();
  const folder = join(parent, 'blobs');
  // Each opening is hours after the one before, so that a sweep may take apart the packs of the one that died.
  let time_ms = Date.now();
  const clock = { now: () => time_ms, monotonic: () => time_ms };
  await work(folder, files, () => {
    time_ms += 3 * 3_600_000;
    return openBlobs({ folder, clock, log, files });
  });
}

function assertTold(error: unknown, fault: Fault, where: string): void {
  assert.ok(error instanceof SlipwayError, `${fault} in ${where} became ${String(error)}`);
  const expected = {
    EIO: 'storage_failed',
    ENOSPC: 'storage_full',
    EMFILE: 'busy',
    'short write': '',
  }[fault];
  assert.equal(error.code, expected, `${fault} in ${where}`);
}

for (const fault of faults) {
  test(`whichever call of a put fails with ${fault}, nothing is half kept and what was acknowledged stays`, (context) =>
    inFolder(context, async (folder, files, open) => {
      const kept = new Map<string, Buffer>();
      for (let call = 1; ; call++) {
        assert.ok(call < callLimit, 'the loop did not end');
        files.failAt(0, fault);
        const blobs = await open();
        files.failAt(call, fault);
        let fired = false;
        for (const content of [Buffer.from(`small ${call}`), Buffer.alloc(100_000, `large ${call}`), Buffer.from(`small again ${call}`)]) {
          try {
            const { digest } = await blobs.put(content, options);
            kept.set(digest, content);
          } catch (error) {
            assertTold(error, fault, files.firedIn);
            if (fault === 'EIO' && files.firedIn === 'sync')
              await assert.rejects(blobs.put(Buffer.from('after'), options), /storage failed/);
          }
          fired ||= files.fired;
        }
        files.failAt(0, fault);
        const reopened = await open();
        for (const store of [blobs, reopened]) {
          // A store whose fsync failed vouches for nothing any more; it still reads.
          const vouches = store === reopened || !(fault === 'EIO' && fired);
          if (vouches) assert.equal((await store.has(kept.keys())).size, kept.size, `${fault} at call ${call} lost a file`);
          for (const [digest, content] of kept) assert.ok((await store.read(digest, 1_000_000)).equals(content));
        }
        await reopened.close();
        await blobs.close();
        const temps = readdirSync(join(folder, 'temps'));
        assert.ok(temps.length === 0 || files.firedIn === 'unlink', `${fault} at call ${call} left ${temps}`);
        if (!fired) break;
      }
    }));

  test(`whichever call of a sweep fails with ${fault}, live files stay and the next sweep removes the others`, (context) =>
    inFolder(context, async (_folder, files, open) => {
      const live = new Map([Buffer.from('live and small'), Buffer.alloc(80_000, 'live')].map((content) => [sha256(content), content]));
      for (let call = 1; ; call++) {
        assert.ok(call < callLimit, 'the loop did not end');
        files.failAt(0, fault);
        const blobs = await open();
        const dead = Array.from({ length: 5 }, (_, n) => Buffer.alloc(2000, `dead ${call}.${n}`));
        await blobs.putMany([...live.values(), ...dead, Buffer.alloc(70_000, `dead ${call}`)]);
        files.failAt(call, fault);
        await blobs.sweep({ live: new Set(live.keys()), olderThan_ms: -1000, dryRun: false }).catch((error: unknown) => {
          assertTold(error, fault, files.firedIn);
        });
        const { fired } = files;
        files.failAt(0, fault);
        const reopened = await open();
        for (const store of [blobs, reopened]) {
          for (const [digest, content] of live)
            assert.ok((await store.read(digest, 1_000_000)).equals(content), `${fault} at call ${call}`);
        }
        await reopened.close();
        await blobs.close();
        if (fired) continue;
        assert.equal((await blobs.usage()).blobs, live.size);
        break;
      }
    }));
}

test('a path that is given while a sweep looks at the old file there leads to a file', async (context) => {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-cache-'));
  context.after(() => rmSync(parent, { recursive: true, force: true }));
  let time_ms = Date.now();
  const clock = { now: () => time_ms, monotonic: () => time_ms };
  const between = { meet: async () => undefined as unknown };
  const unlink: Files['unlink'] = async (path) => {
    if (path.includes('cache')) await between.meet();
    return systemFiles.unlink(path);
  };
  const blobs = await openBlobs({ folder: join(parent, 'blobs'), clock, log, files: { ...systemFiles, unlink } });
  const { digest } = await blobs.put(Buffer.from('packed'), options);
  await blobs.path(digest);
  time_ms += 48 * 3_600_000;
  let given: Promise<string> | undefined;
  between.meet = async () => {
    given = blobs.path(digest);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  await blobs.sweep({ live: new Set([digest]), dryRun: false });
  assert.ok(given, 'the sweep did not come to the file');
  assert.equal(readFileSync(await given, 'utf8'), 'packed');
  await blobs.close();
});
