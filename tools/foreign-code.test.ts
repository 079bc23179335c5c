import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { checkoutRoot } from './checkout.ts';

const source = join(checkoutRoot, 'server/src');

/** What reads models and tables of users; each may crash, hang or be tricked, and does so in a child alone. */
const parsers = /^(onnxruntime-|@duckdb\/|protobufjs)/;

/** What a module loads when it is loaded itself; types are gone by then, and what is imported later is a child's own affair. */
const imports = /(?:^|\n)(?:import|export)\s(?!type\b)[^;'"]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'/g;

function chainTo(path: string, from: ReadonlyMap<string, string | null>): string {
  const before = from.get(path);
  const here = relative(source, path);
  return before === null || before === undefined ? here : `${chainTo(before, from)} -> ${here}`;
}

/** Every path of modules that leads from `entry` to a package whose name matches, as far as a process that starts there can go. */
function leadsTo(entry: string, wanted: RegExp): string[] {
  const found: string[] = [];
  const from = new Map<string, string | null>([[entry, null]]);
  for (const path of from.keys()) {
    for (const match of readFileSync(path, 'utf8').matchAll(imports)) {
      const name = match[1] ?? match[2] ?? '';
      if (wanted.test(name)) found.push(`${chainTo(path, from)} -> ${name}`);
      const next = resolve(dirname(path), name);
      if (name.startsWith('.') && existsSync(next) && !from.has(next)) from.set(next, path);
    }
  }
  return found;
}

test('no parser of models or tables is loaded with the process that serves', () => {
  assert.deepEqual(leadsTo(join(source, 'app/rooms.ts'), parsers), []);
});

test('the look at what is loaded finds such a parser where there is one', () => {
  assert.match(leadsTo(join(source, 'platform/onnx/index.ts'), parsers)[0] ?? '', /protobufjs/);
  assert.match(leadsTo(join(source, 'platform/analytics/duck.ts'), parsers)[0] ?? '', /@duckdb/);
});
