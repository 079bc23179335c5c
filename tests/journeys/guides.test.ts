import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkout, copyFlights, launch, slipway, startServer, temporaryFolder } from './a-server.fixture.ts';

/** In the order in which a reader is led through them: each goes on where the one before stopped. An operator has a server of their own. */
const readers = [['start', 'data-scientist', 'platform-engineer'], ['operate']];

/** The blocks of a guide that are marked with a language. */
function blocksOf(guide: string, language: 'console' | 'python'): string[] {
  const text = readFileSync(join(checkout, 'docs/guide', `${guide}.md`), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);
}

/** The commands of a guide that are there to be typed: lines with `$ ` in blocks marked `console`. */
function commandsOf(guide: string): string[] {
  return blocksOf(guide, 'console').flatMap((block) =>
    block
      .split('\n')
      .filter((line) => line.startsWith('$ '))
      .map((line) => line.slice(2)),
  );
}

/** Words of a shell line, with quotes as far as our guides use them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

for (const guides of readers) {
  test(`what the guides tell to type works in their order, in a clone that nobody used before: ${guides.join(', ')}`, async (t) => {
    const clone = temporaryFolder(t);
    symlinkSync(join(checkout, 'slipway'), join(clone, 'slipway'));
    mkdirSync(join(clone, 'examples/flights'), { recursive: true });
    copyFlights(join(clone, 'examples/flights'));
    cpSync(join(checkout, 'docs'), join(clone, 'docs'), { recursive: true });
    let typed = 0;
    for (const guide of guides) {
      for (const line of commandsOf(guide)) {
        const [program = '', ...words] = wordsOf(line);
        assert.equal(program, './slipway', `${guide}: ${line}`);
        typed++;
        if (words[0] === 'up') {
          // The port of the guide may be taken on this machine; the command line finds the server by its folder.
          await launch(t, clone, [...words, '--port', '0'], { program: join(clone, 'slipway') }).saw(/Ctrl-C stops it/);
          continue;
        }
        const { exit, out, error } = await launch(t, clone, words, { program: join(clone, 'slipway') }).ended;
        assert.equal(exit, 0, `${guide}: ${line}\n${out}\n${error}`);
        assert.notEqual(out.trim(), '', `${guide}: ${line} says nothing`);
      }
    }
    assert.ok(typed >= 5 * guides.length, `${typed} commands`);
  });
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

test('the Python of the guide logs a run as it stands there', { skip: !hasPython && 'there is no python3' }, async (t) => {
  const folder = temporaryFolder(t);
  const server = await startServer(t, folder);
  const [program = ''] = blocksOf('data-scientist', 'python');
  const variables = { SLIPWAY_SERVER: server.address };
  const { exit, out, error } = await launch(t, folder, ['-c', program], { program: 'python3', variables }).ended;
  assert.equal(exit, 0, error);
  const { out: shown } = await slipway(folder, ['runs', 'show', out.trim(), '--json']);
  const { name, status, params, metrics } = JSON.parse(shown);
  assert.deepEqual([name, status, params[0].value], ['first try', 'finished', '6']);
  assert.equal(metrics[0].value, 0.025, shown);
});
