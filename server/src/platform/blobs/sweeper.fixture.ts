/** For tests: sweeps a store a day from now, in a process that may be killed: `sweeper.fixture.ts FOLDER LIVE`. */
import { sha256 } from '../../kernel/digest.ts';
import { createLog } from '../log/index.ts';
import { openBlobs } from './index.ts';

const [folder = '', live = '0'] = process.argv.slice(2);
const clock = { now: () => Date.now() + 25 * 3_600_000, monotonic: () => performance.now() };
const blobs = await openBlobs({ folder, clock, log: createLog({ level: 'silent' }) });
const contents = Array.from({ length: Number(live) }, (_, n) => Buffer.alloc(n % 2 === 0 ? 70_000 : 500, sha256(Buffer.from(String(n)))));
process.stdout.write('sweeping\n');
await blobs.sweep({ live: new Set(contents.map((bytes) => sha256(bytes))), dryRun: false });
await blobs.close();
