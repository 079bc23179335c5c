import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exits } from './exits.ts';
import { slipway, startUp, temporaryFolder } from './up.fixture.ts';

test('accounts, rights, tokens and the clock of a project are kept from the command line', async (t) => {
  const folder = temporaryFolder(t);
  await startUp(t, folder);
  const works = async (...words: string[]) => {
    const { exit, out, error } = await slipway(folder, [...words, '--json']);
    assert.equal(exit, exits.ok, `${words.join(' ')}\n${error}`);
    return JSON.parse(out);
  };
  await works('project', 'create', 'mill', '--zone', 'Europe/Berlin', '--clock', 'data');
  const lost = await slipway(folder, ['user', 'add', 'ada@example.org', '--project', 'mil', '--role', 'viewer']);
  assert.match(lost.error, /No project mil/);
  const { password } = await works('user', 'add', 'Ada@example.org', '--project', 'mill', '--role', 'viewer');
  const make = ['token', 'create', 'mine', '--as', 'ada@example.org', '--may', 'read,write', '--json', '--project', 'mill'];
  assert.equal((await slipway(folder, make, {}, 'a wrong password\n')).exit, exits.notPermitted);
  assert.equal((await slipway(folder, make, {}, `${password}\n`)).exit, exits.notPermitted, 'a viewer may not write');
  assert.equal((await works('user', 'role', 'ada@example.org', 'contributor', '--clock', '--project', 'mill')).clock, true);
  const made = await slipway(folder, make, {}, `${password}\n`);
  assert.equal(made.exit, exits.ok, made.error);
  const ada = { SLIPWAY_TOKEN: JSON.parse(made.out).secret as string };
  assert.equal(
    (await slipway(folder, ['data', 'ls', '--project', 'mill'], ada)).out,
    'No datasets yet: `slipway data add DATASET FILE`.\n',
  );
  assert.equal((await slipway(folder, ['user', 'ls', '--all'], ada)).exit, exits.notPermitted);
  assert.equal((await works('project', 'clock', '2024-03-01T00:00:00Z', '--project', 'mill')).now_ms, Date.UTC(2024, 2, 1));
  assert.match((await slipway(folder, ['project', 'clock', '--project', 'mill'])).out, /^2024-03-01 01:00:00 \(Europe\/Berlin\)$/m);
  const { address } = await works('sign-in-link', 'ada@example.org', '--next', '/p/mill');
  assert.match(await (await fetch(address)).text(), /Sign in as <bdi>Ada@example\.org<\/bdi>/i);
  assert.equal((await slipway(folder, ['sign-in-link'], ada)).exit, exits.notPermitted, 'a token is no person');
  assert.match((await slipway(folder, ['sign-in-link'])).out, /^http:\/\/127\.0\.0\.1:\d+\/sign-in-link\?token=[\w-]{43}$/m);
  assert.equal((await slipway(folder, ['sign-out'], ada)).exit, exits.notPermitted, 'a token is no person');
  const out = await slipway(folder, ['sign-out', '--as', 'ada@example.org'], {}, `${password}\n`);
  assert.match(out.out, /^Ada@example\.org is signed out everywhere\.$/im, out.error);
  assert.equal((await fetch(address)).status, 403, 'a link that waited is dead');
  const { address: another } = await works('sign-in-link', 'ada@example.org');
  assert.equal((await fetch(another)).status, 200);
  await works('user', 'disable', 'ada@example.org');
  assert.equal((await fetch(another)).status, 403);
  assert.equal((await slipway(folder, ['data', 'ls', '--project', 'mill'], ada)).exit, exits.notPermitted);
});

test('init writes a project file that applies as it is, and never over one that is there', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'data'));
  const example = fileURLToPath(new URL('../../../examples/flights/data/departures-2013-01.csv.gz', import.meta.url));
  cpSync(example, join(folder, 'data/departures.csv.gz'));
  const first = await slipway(folder, ['init', 'data/departures.csv.gz']);
  assert.equal(first.exit, exits.ok, first.error);
  assert.match(readFileSync(join(folder, 'slipway.yaml'), 'utf8'), /target: late # guess/);
  assert.equal((await slipway(folder, ['init', 'data/departures.csv.gz'])).exit, exits.usage);
  await startUp(t, folder);
  const applied = await slipway(folder, ['apply']);
  assert.equal(applied.exit, exits.ok, applied.error);
  assert.match(applied.out, /Dataset departures is at version 1/);
});

test('one apply settles the zone of a project, whether it is written, written as UTC, or taken out again', async (t) => {
  const folder = temporaryFolder(t);
  await startUp(t, folder);
  for (const [line, zone] of [
    ['zone: Europe/Berlin', 'Europe/Berlin'],
    ['zone: UTC', 'UTC'],
    ['zone: Europe/Berlin', 'Europe/Berlin'],
    ['', 'UTC'],
  ]) {
    writeFileSync(join(folder, 'slipway.yaml'), `project: mill\n${line}\n`);
    assert.equal((await slipway(folder, ['apply'])).exit, exits.ok);
    assert.match((await slipway(folder, ['apply'])).out, /No changes/, line);
    const { projects } = JSON.parse((await slipway(folder, ['project', 'ls', '--json'])).out);
    assert.equal(projects.find((one: { name: string }) => one.name === 'mill').zone, zone);
  }
});

test('a data file that a link leads out of the project is refused, and nothing is uploaded', async (t) => {
  const folder = temporaryFolder(t);
  const outside = join(temporaryFolder(t), 'secret.csv');
  writeFileSync(outside, 'a,b\n1,2\n');
  symlinkSync(outside, join(folder, 'rows.csv'));
  writeFileSync(join(folder, 'slipway.yaml'), 'project: mill\ndatasets:\n  rows: { files: rows.csv }\n');
  await startUp(t, folder);
  const { exit, error } = await slipway(folder, ['apply']);
  assert.equal(exit, exits.usage);
  assert.match(error, /rows\.csv lies outside/);
  assert.equal((await slipway(folder, ['data', 'ls'])).exit, exits.failed, 'the project was not made either');
  assert.ok(existsSync(outside));
});
