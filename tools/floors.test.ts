import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkoutRoot } from './checkout.ts';
import { floors, importRules } from './floors.ts';

interface Cruise {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] };
}

/** Runs dependency-cruiser with the house's rules over a small tree, and tells which file broke which rule. */
function violationsOf(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-floors-'));
  try {
    symlinkSync(join(checkoutRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true,"noEmit":true}}',
    );
    const options = { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: ['node_modules'] } };
    writeFileSync(join(folder, 'rules.cjs'), `module.exports = ${JSON.stringify({ forbidden: importRules(), options })}`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const cruiser = join(checkoutRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const roots = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
    // The json reporter exits 0 whatever it finds; the violations are in its output.
    const output = execFileSync(process.execPath, [cruiser, ...roots, '--config', 'rules.cjs', '--output-type', 'json'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 64e6,
    });
    const cruise = JSON.parse(output) as Cruise;
    return cruise.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('each way of breaking the direction of imports is found by its own rule', () => {
  const found = violationsOf({
    'contracts/src/index.ts': "import '../../server/src/kernel/error.ts';",
    'sdk/src/index.ts': "import { a } from '../../contracts/src/a.ts';\nexport const b = a;",
    'contracts/src/a.ts': 'export const a = 1;',
    'server/src/kernel/error.ts': 'export const e = 1;',
    'server/src/kernel/ids.ts': "import '../platform/jobs/index.ts';",
    'server/src/platform/jobs/index.ts': 'export const j = 1;',
    'server/src/platform/jobs/queue.ts': "import '../../features/runs/index.ts';",
    'server/src/platform/blobs/index.ts': "import '../jobs/queue.ts';",
    'server/src/features/runs/index.ts': 'export const r = 1;',
    'server/src/features/runs/runs-store.ts': "import { DatabaseSync } from 'node:sqlite';\nexport const d = DatabaseSync;",
    'server/src/features/datasets/index.ts': "import '../runs/index.ts';",
    'server/src/features/models/index.ts': "import '../runs/runs-store.ts';",
    'server/src/features/models/model.ts': "import type { V } from './version.ts';\nexport type M = V;",
    'server/src/features/models/version.ts': "import type { M } from './model.ts';\nexport type V = M | 1;",
    'server/src/cli/up.ts': "import '../features/runs/runs-store.ts';",
    'tests/journeys/up.test.ts': "import '../../server/src/features/runs/index.ts';",
  });
  assert.deepEqual(found, [
    'contracts/src/index.ts: contracts-stand-alone',
    'sdk/src/index.ts: sdk-takes-types-only',
    'server/src/cli/up.ts: doors-of-features-from-above',
    'server/src/features/datasets/index.ts: floor-of-datasets',
    'server/src/features/models/index.ts: door-of-features',
    'server/src/features/models/model.ts: no-cycles',
    'server/src/features/runs/runs-store.ts: databases-in-one-room',
    'server/src/kernel/ids.ts: kernel-is-values',
    'server/src/kernel/ids.ts: layer-of-kernel',
    'server/src/platform/blobs/index.ts: door-of-platform',
    'server/src/platform/jobs/queue.ts: layer-of-platform',
    'tests/journeys/up.test.ts: outside-through-the-api',
  ]);
});

test('the imports that the house allows break no rule', () => {
  const found = violationsOf({
    'contracts/src/index.ts': 'export const errors = {};\nexport type Api = 1;',
    'sdk/src/index.ts': "import type { Api } from '../../contracts/src/index.ts';\nexport type Client = Api;",
    'server/src/kernel/error.ts':
      "import { createHash } from 'node:crypto';\nimport { errors } from '../../../contracts/src/index.ts';\nexport const e = [errors, createHash];",
    'server/src/platform/database/index.ts': "import 'node:sqlite';\nimport '../../kernel/error.ts';",
    'server/src/platform/compute/entries.ts': 'export const entryPath = 1;',
    'server/src/platform/jobs/index.ts': "import '../compute/entries.ts';\nimport '../database/index.ts';",
    'server/src/features/runs/index.ts': "import './runs.ts';",
    'server/src/features/runs/runs.ts': "import '../../platform/jobs/index.ts';",
    'server/src/features/models/index.ts': "import '../runs/index.ts';",
    'server/src/app/build-app.ts': "import '../features/models/index.ts';",
    'server/src/main.ts': "import './app/build-app.ts';",
  });
  assert.deepEqual(found, []);
});

test('every feature stands on exactly one floor', () => {
  const all = floors.flat();
  assert.equal(new Set(all).size, all.length);
});
