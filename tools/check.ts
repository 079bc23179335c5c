import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from './checkout.ts';

interface Step {
  readonly name: string;
  /** A script that Node runs, then its arguments. */
  readonly command: readonly [script: string, ...args: string[]];
  /** What to do when it fails and its own output does not say. */
  readonly hint?: string;
}

const modules = 'node_modules';
/** What dependency-cruiser looks at; folders that do not exist yet would stop it. */
const cruised = ['contracts', 'sdk', 'server/src', 'web/src', 'tools', 'tests', 'examples'];

const steps: readonly Step[] = [
  {
    name: 'lint with types',
    // Between runs only changed files are linted again; CI starts from nothing.
    command: [
      `${modules}/eslint/bin/eslint.js`,
      '.',
      ...(process.env['CI'] ? [] : ['--cache', '--cache-location', '.cache/eslint', '--cache-strategy', 'content']),
    ],
  },
  { name: 'types', command: [`${modules}/ts7/bin/tsc`, '--noEmit', '--pretty', 'false', '-p', '.'] },
  // Pages know the browser and not the server's types, so they are a program of their own.
  { name: 'types of the pages', command: [`${modules}/ts7/bin/tsc`, '--noEmit', '--pretty', 'false', '-p', 'web'] },
  {
    name: 'format and lint',
    command: [`${modules}/@biomejs/biome/bin/biome`, 'check', '--diagnostic-level=warn', '--error-on-warnings'],
    hint: 'npx biome check --write mends most of it',
  },
  {
    name: 'floors and doors',
    command: [`${modules}/dependency-cruiser/bin/dependency-cruiser.mjs`, ...cruised, '--config', '.dependency-cruiser.mjs'],
  },
  { name: 'nothing unused', command: [`${modules}/knip/bin/knip.js`, '--no-config-hints'] },
  { name: 'tidy', command: ['tools/tidy.test.ts'] },
  { name: 'generated files fresh', command: ['tools/generate.ts', '--check'] },
];

/** Two at once: on two cores the slow one (typed lint) runs beside all the others. */
const concurrency = 2;
const stepTimeout_ms = 300_000;
const outputLimit_chars = 20_000;

interface Outcome {
  readonly step: Step;
  readonly passed: boolean;
  readonly took_ms: number;
  readonly output: string;
}

function runStep(step: Step): Promise<Outcome> {
  const started = performance.now();
  const [script, ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(checkoutRoot, script), ...args], {
      cwd: checkoutRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: stepTimeout_ms,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    const keep = (text: Buffer): void => {
      if (output.length < outputLimit_chars) output += text.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (passed: boolean): void => {
      const outcome = { step, passed, took_ms: performance.now() - started, output: output.slice(0, outputLimit_chars).trim() };
      console.log(line(outcome));
      resolve(outcome);
    };
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

function line({ step, passed, took_ms }: Outcome): string {
  return `${passed ? 'ok    ' : 'FAILED'} ${step.name.padEnd(22)} ${(took_ms / 1000).toFixed(1).padStart(5)} s`;
}

async function main(): Promise<void> {
  const started = performance.now();
  const waiting = [...steps];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) outcomes.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const failed = outcomes.filter(({ passed }) => !passed);
  for (const { step, output } of failed) console.log(`\n--- ${step.name}\n${output}${step.hint === undefined ? '' : `\n${step.hint}`}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const names = failed.map(({ step }) => step.name).join(', ');
  console.log(
    `\n${outcomes.length - failed.length} of ${steps.length} checks pass, ${seconds} s${names === '' ? '' : `; failed: ${names}`}`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

await main();
