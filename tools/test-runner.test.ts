import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { withCheckout } from './checkout.fixture.ts';

const head = "import { test } from 'node:test';\n";
const files = {
  'sdk/src/passes.test.ts': `${head}test('adds', () => undefined);\ntest('takes', () => undefined);`,
  'server/src/fails.test.ts': `${head}test('breaks', () => { throw new Error('as it should'); });`,
  'server/src/dies.test.ts': 'process.exit(3);',
  'contracts/src/waits.test.ts': `${head}test('needs data', { skip: 'no data here' }, () => undefined);`,
  'tests/pages/opens.test.ts': `${head}test('opens', () => undefined);`,
  'tests/journeys/walks.test.ts': `${head}test('walks', () => undefined);`,
};

/** Runs our test runner in a checkout of these files and answers its exit code and its last line. */
function npmTest(root: string, ...args: string[]): { code: number | null; last: string; all: string } {
  // Without it the inner runner would report to the one that runs this test.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'tools/test.ts'), ...args], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  return { code: status, last: stdout.trimEnd().split('\n').at(-1) ?? '', all: stdout };
}

test('npm test counts what failed, died and was skipped, over rooms and journeys', async () => {
  await withCheckout(files, (root) => {
    const { code, last, all } = npmTest(root);
    assert.equal(code, 1);
    assert.match(last, /^3 passed, 2 failed, 1 skipped in \d+ s$/);
    assert.match(all, /needs data \(no data here\)/);
    assert.ok(all.indexOf('walks') > all.indexOf('breaks'), 'journeys come last');
    assert.match(npmTest(root, '--all').last, /^4 passed, 2 failed, 1 skipped in \d+ s$/, 'long ones wait to be asked for');
  });
});

test('a skipped test passes at a desk and fails in CI, and a pattern that matches nothing fails', async () => {
  await withCheckout(files, (root) => {
    assert.equal(npmTest(root, '--only', 'passes').code, 0);
    assert.equal(npmTest(root, '--only', 'waits').code, 0);
    assert.equal(npmTest(root, '--only', 'waits', '--no-skips').code, 1);
    assert.match(npmTest(root, '--only', 'passes', '--name', '^adds$').last, /^1 passed, 0 failed/);
    assert.equal(npmTest(root, '--only', 'no such file').code, 1);
  });
});
