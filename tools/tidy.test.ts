import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { errors } from '@slipway/contracts';
import { checkoutRoot, isOurTypeScript, listFiles, readText } from './checkout.ts';
import { type Facts, type Found, factsOf } from './tidy/facts.ts';

/** Who may read the environment, besides tools, tests and examples. Everything else is told what it needs. */
const environmentReaders: readonly RegExp[] = [
  /^server\/src\/app\/config\.ts$/,
  // The CLI is a client on the user's machine: its address and token come from the shell.
  /^server\/src\/cli\/(environment|connection)\.ts$/,
  // Children get a chosen part of it (PATH, locale), never all.
  /^server\/src\/platform\/compute\/launch\.ts$/,
  // A program of its own is configured by whoever starts it.
  /-(child|thread)\.ts$/,
];

/** Who may ask for the time or for chance itself: the shells. Everything else takes `now`, a clock or an id source as an argument. */
const clockReaders: readonly RegExp[] = [
  /^server\/src\/kernel\/(clock|ids)\.ts$/,
  /^server\/src\/main\.ts$/,
  /^server\/src\/(app|cli)\//,
  /-(child|thread)\.ts$/,
  // Pages live in the present of whoever looks; their figures are made in plain files that do not ask.
  /^web\/src\/client\/|\.tsx$/,
  // Spreads the retries of clients over time.
  /^sdk\/src\/send\.ts$/,
];

/** Who may say which database there is: the room that knows, and the two places where a user names one. */
const dialectNamers: readonly RegExp[] = [/^server\/src\/platform\/database\//, /^server\/src\/app\/config\.ts$/];

const outsideTheProduct = /^(tools|tests|examples)\/|\.(test|fixture)\.ts$/;

const files = listFiles();
const facts: readonly Facts[] = files.filter(isOurTypeScript).map((path) => factsOf(path));
const markdown = files.filter((path) => path.endsWith('.md'));

function show(found: readonly Found[]): string[] {
  return found.map(({ path, line, text }) => `${path}:${line} ${text}`);
}

function outside(allowed: readonly RegExp[], pick: (one: Facts) => readonly Found[]): string[] {
  const judged = facts.filter(({ path }) => !outsideTheProduct.test(path) && !allowed.some((pattern) => pattern.test(path)));
  return judged.flatMap((one) => show(pick(one)));
}

/** Every line of our text files that matches. Lock files are npm's, the licence is Apache's. */
function linesThatMatch(pattern: RegExp, among: (path: string) => boolean): string[] {
  const text = /\.(tsx?|mjs|js|json|md|ya?ml|sh|sql|py|css|html|csv)$|(^|\/)(slipway|run|LICENSE|\.npmrc|\.gitignore)$/;
  const chosen = files.filter(
    (path) => text.test(path) && path !== 'package-lock.json' && statSync(join(checkoutRoot, path)).size < 2_000_000,
  );
  return chosen.filter(among).flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 120)}`] : [])),
  );
}

test('no folder has a name that says nothing', () => {
  const empty = new Set(['shared', 'common', 'core', 'utils', 'util', 'helpers', 'lib', 'misc']);
  const bad = files.filter((path) =>
    dirname(path)
      .split('/')
      .some((part) => empty.has(part)),
  );
  assert.deepEqual(bad, [], 'name the folder after what is in it');
});

test('only the configuration reads the environment', () => {
  assert.deepEqual(
    outside(environmentReaders, (one) => one.environment),
    [],
    'take it as an argument; app/config.ts reads the environment once',
  );
});

test('only shells ask for the time or for chance', () => {
  assert.deepEqual(
    outside(clockReaders, (one) => one.clock),
    [],
    'take `now`, a Clock or an IdSource as an argument',
  );
});

test('only platform/database knows which database there is', () => {
  assert.deepEqual(
    outside(dialectNamers, (one) => one.dialects),
    [],
    'ask a named capability of platform/database/profiles.ts',
  );
});

test('nothing is left to do without a decision record that says so', () => {
  // Written so that this line does not match itself.
  const marks = /\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b(?!.*decision \d{4})/;
  assert.deepEqual(
    linesThatMatch(marks, (path) => /\.(ts|mjs|sh|sql|py)$/.test(path)),
    [],
  );
});

test('nothing names a machine or a registry', () => {
  // Written so that this file does not match itself.
  const machine = /(^|[\s"'`(=:])\/(wo[r]k|ro[o]t|fa[r]m|ho[m]e\/[a-z]+|tmp\/brie[f])\//;
  const host = /regis[t]ry\.[a-z-]+\.[a-z]+|files\.pythonho[s]ted|npmmi[r]ror|pypi\.o[r]g\/simple/;
  assert.deepEqual(
    linesThatMatch(machine, () => true),
    [],
  );
  assert.deepEqual(
    linesThatMatch(host, () => true),
    [],
  );
});

test('no test has the name of another', () => {
  const places = new Map<string, string[]>();
  for (const found of facts.flatMap((one) => one.tests)) {
    places.set(found.text, [...(places.get(found.text) ?? []), `${found.path}:${found.line}`]);
  }
  assert.deepEqual(
    [...places].filter(([, where]) => where.length > 1),
    [],
  );
});

test('the error table and its page name the same codes', () => {
  const page = readText('docs/reference/errors.md');
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\d+) /gm)].map(([, code, status]) => `${code} ${status}`);
  assert.deepEqual(
    documented,
    Object.entries(errors)
      .map(([code, { status }]) => `${code} ${status}`)
      .sort(),
    'run `npm run generate`',
  );
});

test('every error says in whole sentences what is wrong and what to do', () => {
  const bad = Object.entries(errors).filter(([, { message, todo }]) => !/[.!?`)}]$/.test(message) || !/^[A-Z`{].*[.!?`)}]$/.test(todo));
  assert.deepEqual(
    bad.map(([code]) => code),
    [],
  );
});

test('every path that the architecture and the decisions name is there', () => {
  const pages = markdown.filter((path) => path === 'ARCHITECTURE.md' || path.startsWith('docs/decisions/'));
  const roots = /^(contracts|sdk|server|web|tools|tests|docs|examples|clients|app|cli|protocols|features|platform|kernel)\//;
  const missing = pages.flatMap((page) =>
    [...readText(page).matchAll(/(?<![\w/.<-])[\w.-]+(?:\/[\w.@-]+)*\/?(?![\w<*{])/g)]
      .map(([path]) => path.replace(/\.$/, ''))
      .filter((path) => roots.test(path) && ![path, `server/src/${path}`].some((tried) => existsSync(join(checkoutRoot, tried))))
      .map((path) => `${page}: ${path}`),
  );
  assert.deepEqual(missing, []);
});

test('every link between our pages leads somewhere', () => {
  const anchorsOf = (path: string): Set<string> =>
    new Set(
      [...readText(path).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
        (title ?? '')
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replace(/ /g, '-'),
      ),
    );
  const broken = markdown.flatMap((page) =>
    [
      ...readText(page)
        .replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].flatMap(([, link]) => {
      if (link === undefined || /^[a-z]+:/.test(link)) return [];
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(checkoutRoot, target))) return [`${page}: ${link}`];
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor) ? [`${page}: ${link}`] : [];
    }),
  );
  assert.deepEqual(broken, []);
});

const fileLimit_lines = 400;
const functionLimit_lines = 70;
/** Tests are lists of cases: longer, but not endless. */
const testFileLimit_lines = 800;
const testFunctionLimit_lines = 120;
/** A migration is a list of statements, and is never touched again once it shipped. */
const migration = /\/migrations\//;

interface Baseline {
  readonly files: Readonly<Record<string, number>>;
  readonly functions: Readonly<Record<string, number>>;
}

/** What is over its limit now, as the baseline would write it. */
function oversize(): { files: Record<string, number>; functions: Record<string, number> } {
  const over = { files: {} as Record<string, number>, functions: {} as Record<string, number> };
  for (const { path, lines, functions } of facts.filter((one) => !migration.test(one.path))) {
    const isTest = path.endsWith('.test.ts');
    if (lines > (isTest ? testFileLimit_lines : fileLimit_lines)) over.files[path] = lines;
    for (const one of functions) {
      if (one.lines > (isTest ? testFunctionLimit_lines : functionLimit_lines)) over.functions[`${path} ${one.name}`] = one.lines;
    }
  }
  return over;
}

test('functions fit one screen and files fit one reading, and the list of those that do not only shrinks', () => {
  const baseline = JSON.parse(readText('tools/tidy/baseline.json')) as Baseline;
  const now = oversize();
  const complaints: string[] = [];
  for (const kind of ['files', 'functions'] as const) {
    for (const [name, lines] of Object.entries(now[kind])) {
      const known = baseline[kind][name];
      if (known === undefined) complaints.push(`${name} has ${lines} lines: split it`);
      else if (lines > known) complaints.push(`${name} grew from ${known} to ${lines} lines: it may only shrink`);
    }
    for (const [name, known] of Object.entries(baseline[kind])) {
      const lines = now[kind][name];
      if (lines === undefined) complaints.push(`${name} is within the limit now: take it out of tools/tidy/baseline.json`);
      else if (lines < known) complaints.push(`${name} shrank to ${lines}: write that into tools/tidy/baseline.json`);
    }
  }
  assert.deepEqual(complaints, []);
});
