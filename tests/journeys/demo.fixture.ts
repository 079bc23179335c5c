import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/free-port.ts';
import { checkout, launch, type Running, type Scope, temporaryFolder } from './a-server.fixture.ts';

export interface Played extends Running {
  readonly data: string;
}

/** What a busy machine decides and a model does not: a journey shares its machine with others. */
const machineLimits: readonly (readonly [from: string, to: string])[] = [
  ['latency_p99_ms: 20', 'latency_p99_ms: 2000'],
  ['guard: [errors, latency, brier]', 'guard: [errors, brier]'],
  ['deadline: 500ms', 'deadline: 30s'],
];

/** A clone whose example has limits of time that hold on any machine; all else is as it is shipped. */
function cloneOf(t: Scope): string {
  const clone = temporaryFolder(t);
  for (const name of ['slipway', 'node_modules']) symlinkSync(join(checkout, name), join(clone, name));
  cpSync(join(checkout, 'package.json'), join(clone, 'package.json'));
  const example = join(clone, 'examples/flights');
  cpSync(join(checkout, 'examples/flights'), example, { recursive: true, filter: (path) => !path.endsWith('.slipway') });
  const file = join(example, 'slipway.yaml');
  const shipped = readFileSync(file, 'utf8');
  for (const [from] of machineLimits) assert.ok(shipped.includes(from), from);
  writeFileSync(
    file,
    machineLimits.reduce((text, [from, to]) => text.replace(from, to), shipped),
  );
  return clone;
}

/** `npm run demo -- …`, without npm. The demo names its port, since its user opens the address. */
export async function play(t: Scope, words: readonly string[]): Promise<Played> {
  const clone = cloneOf(t);
  const data = join(clone, 'data');
  const argv = [join(clone, 'examples/flights/demo/play.ts'), '--exit', '--port', String(await freePort()), '--data', data];
  const running = launch(t, clone, ['--disable-warning=ExperimentalWarning', ...argv, ...words], { program: process.execPath });
  return { ...running, data };
}

export interface Report {
  readonly stages: readonly { readonly name: string; readonly happened: boolean }[];
  readonly months: readonly unknown[];
  readonly total: unknown;
  readonly retrainings: { readonly started: number };
  readonly promotions: readonly { readonly version: number; readonly displaced: number | null; readonly date: string }[];
  readonly refusals: readonly unknown[];
  readonly served: { readonly requests: number; readonly failed: number; readonly outcomes: number };
  readonly player: { readonly failed: number; readonly again: number; readonly firstFailure: string | null };
  readonly kills: number;
}

/** What the player says at its end, which must be that every stage happened. */
export async function reportOf({ ended }: Played): Promise<Report> {
  const { exit, out, error } = await ended;
  const last = out.trim().split('\n').at(-1) ?? '';
  assert.match(last, /^\{"kind":"report"/, `${out.slice(-3000)}\n${error}`);
  const { value } = JSON.parse(last) as { value: Report };
  const missing = value.stages.filter(({ happened }) => !happened).map(({ name }) => name);
  assert.deepEqual(missing, [], `${value.player.firstFailure}\n${JSON.stringify(value.refusals)}\n${error}`);
  assert.equal(exit, 0, error);
  return value;
}

/** What the year decided: the same, whoever kept its rows and whatever was killed. */
export function turnsOf({ promotions, refusals, retrainings }: Report) {
  return {
    promoted: promotions.map(({ version, displaced, date }) => [version, displaced, date]),
    refusals,
    retrainings: retrainings.started,
  };
}
