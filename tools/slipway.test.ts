import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withCheckout } from './checkout.fixture.ts';

const server = {
  'server/package.json': '{"type":"module"}',
  'server/src/main.ts':
    "import { word } from './word.ts';\nconsole.log(word, process.cwd(), JSON.stringify(process.argv.slice(2)), process.pid);",
  'server/src/word.ts': "export const word: string = 'one';",
  'server/src/platform/compute/entries.ts': "export const entries = { 'echo-child': 'echo-child.ts' } as const;",
  'server/src/echo-child.ts': "console.log('child');",
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly pid: number | undefined;
}

function start(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, timeout: 60_000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString('utf8')));
    child.stderr.on('data', (text: Buffer) => (err += text.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out: out.trim(), err: err.trim(), pid: child.pid }));
  });
}

/** Which build of the pages there is. */
const pagesAt = (root: string): string => readFileSync(join(root, 'server/dist/web/index.html'), 'utf8');

test('the launcher runs from any folder and through links, keeps the arguments whole, and becomes the server', async () => {
  await withCheckout(server, async (root) => {
    const elsewhere = join(root, 'a folder');
    mkdirSync(elsewhere);
    symlinkSync('../slipway', join(elsewhere, 'first'));
    symlinkSync('first', join(elsewhere, 'second'));
    const { code, out, err, pid } = await start('./second', ['up', 'a b', '$HOME'], elsewhere);
    assert.equal(code, 0, err);
    assert.equal(out, `one ${elsewhere} ["up","a b","$HOME"] ${pid}`);
    assert.match(err, /^Bundled/);
  });
});

test('the launcher bundles again when a source changed, came or went, and not otherwise', async () => {
  await withCheckout(server, async (root) => {
    const launcher = join(root, 'slipway');
    await start(launcher, [], root);
    assert.equal((await start(launcher, [], root)).err, '');
    const built = pagesAt(root);
    const later = new Date(statSync(join(root, 'server/dist/.stamp')).mtimeMs + 10);
    writeFileSync(join(root, 'server/src/word.ts'), "export const word = 'two';");
    utimesSync(join(root, 'server/src/word.ts'), later, later);
    const changed = await start(launcher, [], root);
    assert.match(changed.err, /^Bundled/);
    assert.match(changed.out, /^two /);
    assert.equal(pagesAt(root), built, 'pages are built again only when they changed');
    writeFileSync(join(root, 'web/src/main.ts'), "document.title = 'other';");
    await start(launcher, [], root);
    assert.notEqual(pagesAt(root), built);
    rmSync(join(root, 'server/src/echo-child.ts'));
    const gone = await start(launcher, [], root);
    assert.notEqual(gone.code, 0);
    assert.match(gone.err, /echo-child: server\/src\/echo-child\.ts/);
  });
});

test('two first starts at once both serve, and leave one whole bundle', async () => {
  await withCheckout(server, async (root) => {
    const launcher = join(root, 'slipway');
    const both = await Promise.all([start(launcher, ['a'], root), start(launcher, ['b'], root)]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    const left = readdirSync(join(root, 'server/dist'))
      .filter((name) => !name.startsWith('chunk-'))
      .sort();
    assert.deepEqual(left, ['.stamp', 'echo-child.js', 'echo-child.js.map', 'main.js', 'main.js.map', 'web']);
  });
});
