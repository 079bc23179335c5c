import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { errors } from '@slipway/contracts';
import { type Scope, type Server, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { inTurn } from './ask.fixture.ts';

const hang_ms = 5000;

let server: Server;
let host: string;
const undo: (() => unknown)[] = [];
const scope: Scope = { after: (step) => undo.unshift(step) };

before(async () => {
  server = await startServer(scope, temporaryFolder(scope));
  host = new URL(server.address).host;
});
after(async () => {
  for (const step of undo) await step();
});

function dial(): Socket {
  const { hostname, port } = new URL(server.address);
  return connect(Number(port), hostname);
}

interface Heard {
  readonly text: string;
  readonly statuses: readonly number[];
  /** Whether the server ended the connection by itself. */
  readonly cut: boolean;
}

/** Writes bytes and listens until the server ends the connection, or is silent for a while after an answer. */
function speak(bytes: string | Buffer, silence_ms = 400): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = dial();
    const pieces: Buffer[] = [];
    let quiet: NodeJS.Timeout | undefined;
    const end = (cut: boolean): void => {
      clearTimeout(quiet);
      clearTimeout(late);
      socket.destroy();
      const text = Buffer.concat(pieces).toString('latin1');
      resolve({ text, cut, statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1])) });
    };
    const late = setTimeout(() => end(false), hang_ms);
    socket.on('data', (piece) => {
      pieces.push(piece);
      clearTimeout(quiet);
      quiet = setTimeout(() => end(false), silence_ms);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
}

const secret = '/api/v1/persons';
const get = (path: string, headers: readonly string[] = [`Host: ${host}`]): string =>
  `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
const post = (headers: readonly string[], body: string): string =>
  `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
const smuggled = (): string => get('/livez', [`Host: ${host}`, 'X-Smuggled: 1']);

/** Each is refused with one answer, or with none and the end of the connection; what stands behind it is never a request of its own. */
const refusals: readonly [string, () => string | Buffer][] = [
  ['both lengths', () => post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled()}`)],
  ['both lengths, the other way round', () => post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${smuggled()}`)],
  ['two lengths', () => post(['Content-Length: 0', `Content-Length: ${smuggled().length}`], smuggled())],
  ['a list of lengths', () => post(['Content-Length: 0, 50'], smuggled())],
  ['a length with a sign', () => post(['Content-Length: +0'], smuggled())],
  ['a negative length', () => post(['Content-Length: -1'], smuggled())],
  ['a length in hex', () => post(['Content-Length: 0x0'], smuggled())],
  ['a length beyond numbers', () => post(['Content-Length: 99999999999999999999999'], 'x')],
  ['a space before the colon', () => post(['Content-Length : 0', `Content-Length: ${smuggled().length}`], smuggled())],
  ['an unknown coding', () => post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled()}`)],
  ['chunked not last', () => post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled()}`)],
  ['chunked in disguise', () => post(['Transfer-Encoding:\x0bchunked'], `0\r\n\r\n${smuggled()}`)],
  ['a chunk of no number', () => post(['Transfer-Encoding: chunked'], `zz\r\nabc\r\n0\r\n\r\n`)],
  ['a chunk of a negative number', () => post(['Transfer-Encoding: chunked'], `-1\r\nabc\r\n0\r\n\r\n`)],
  ['a chunk beyond numbers', () => post(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\nabc\r\n0\r\n\r\n`)],
  ['a chunk longer than it says', () => post(['Transfer-Encoding: chunked'], `2\r\nabcdef\r\n0\r\n\r\n`)],
  ['a chunk with endless extensions', () => post(['Transfer-Encoding: chunked'], `1;${'x'.repeat(40_000)}\r\na\r\n0\r\n\r\n`)],
  ['a folded header', () => get('/livez', [`Host: ${host}`, 'X-A: 1', ' folded'])],
  ['a header without a colon', () => get('/livez', [`Host: ${host}`, 'nothing'])],
  ['a NUL in a header', () => get('/livez', [`Host: ${host}`, 'X-A: a\0b'])],
  ['a bare carriage return', () => get('/livez', [`Host: ${host}`, 'X-A: a\rX-B: b'])],
  ['no host', () => get('/livez', ['X-A: 1'])],
  ['two hosts', () => get('/livez', [`Host: ${host}`, 'Host: evil.example'])],
  ['another host', () => get('/livez', ['Host: evil.example'])],
  ['another host that begins as ours', () => get('/livez', [`Host: ${host}.evil.example`])],
  ['another host with ours as its user', () => get('/livez', [`Host: ${host}@evil.example`])],
  ['a host of the network', () => get('/livez', ['Host: 192.168.0.1'])],
  ['a host of all addresses', () => get('/livez', ['Host: 0.0.0.0'])],
  ['an empty host', () => get('/livez', ['Host:'])],
  ['a host with a path', () => get('/livez', [`Host: ${host}/evil`])],
  ['no host in HTTP/1.0', () => 'GET /livez HTTP/1.0\r\n\r\n'],
  ['HTTP/2 without being asked', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/3.7', () => `GET /livez HTTP/3.7\r\nHost: ${host}\r\n\r\n`],
  ['a tunnel', () => `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`],
  ['an echo', () => `TRACE /livez HTTP/1.1\r\nHost: ${host}\r\nCookie: slipway_session=x\r\n\r\n`],
  ['an unknown method', () => `FROB /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a method without an end', () => 'G'.repeat(100_000)],
  ['an address without an end', () => `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['an address with a space', () => `GET /livez evil HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['an address with bytes that are no text', () => Buffer.from(`GET /api/v1/\xff\xfe HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'latin1')],
  ['a header of 1 MB', () => get('/livez', [`Host: ${host}`, `X-A: ${'a'.repeat(1_000_000)}`])],
  ['20,000 headers', () => get('/livez', [`Host: ${host}`, ...Array.from({ length: 20_000 }, (_, at) => `X-${at}: 1`)])],
  ['the first words of TLS', () => Buffer.from('160301020001000', 'hex')],
  ['bytes of chance', () => Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 197 + 31) % 256))],
];

test('what is no HTTP, or could be read in two ways, is refused once, and nothing that hides in it is answered', async () => {
  const wrong: string[] = [];
  await inTurn(refusals, 8, async ([name, bytes]) => {
    const { text, statuses, cut } = await speak(bytes());
    const [status] = statuses;
    const told = `${name}: ${statuses.join(', ') || 'no answer'} ${text.slice(0, 200)}`;
    if (statuses.length > 1) wrong.push(`${told} (two answers)`);
    if (status === undefined && !cut) wrong.push(`${told} (neither answered nor ended)`);
    if (status !== undefined && (status < 400 || status >= 500)) wrong.push(told);
    if (/node:|\.ts:|\bat .+\(/.test(text)) wrong.push(`${told} (a stack)`);
    const body = text.slice(text.indexOf('\r\n\r\n') + 4);
    const code = /"code":"(\w+)"/.exec(body)?.[1];
    if (status !== undefined && (code === undefined || !Object.hasOwn(errors, code))) wrong.push(`${told} (not in our words)`);
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual((await speak(get('/livez'))).statuses, [200], 'the server goes on');
});

test('an address that names another server is answered by none, and by ours only as a path', async () => {
  for (const address of [`http://evil.example${secret}`, '//evil.example/livez', `http://${host}@evil.example/livez`, '*']) {
    const { statuses, text } = await speak(`GET ${address} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.ok((statuses[0] ?? 0) >= 400 && (statuses[0] ?? 0) < 500, `${address}: ${text.slice(0, 300)}`);
  }
});

test('a header that asks for another method or path is not believed', async () => {
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
    assert.deepEqual((await speak(get('/livez', [`Host: ${host}`, `${name}: DELETE`]))).statuses, [200]);
  for (const name of ['X-Original-URL', 'X-Rewrite-URL'])
    assert.match((await speak(get('/livez', [`Host: ${host}`, `${name}: ${secret}`]))).text, /"live":true/);
  for (const forged of ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example']) {
    const { text } = await speak(get('/sign-in', [`Host: ${host}`, forged]));
    assert.doesNotMatch(text, /evil\.example/);
  }
});

test('requests in one breath get as many answers, in their order', async () => {
  const { text } = await speak(Array.from({ length: 50 }, (_, at) => get(at % 2 === 0 ? '/livez' : `/version`)).join(''));
  const bodies = text.split(/HTTP\/1\.1 /).slice(1);
  assert.equal(bodies.length, 50);
  bodies.forEach((body, at) => {
    assert.equal(body.includes('"live":true'), at % 2 === 0, `answer ${at}`);
  });
});

test('a body in 50,000 tiny chunks is read or refused within seconds', async () => {
  const chunk = '6\r\n      \r\n';
  const { statuses } = await speak(post(['Transfer-Encoding: chunked'], `${chunk.repeat(50_000)}0\r\n\r\n`), 2000);
  assert.ok([400, 413, 422].includes(statuses[0] ?? 0), String(statuses));
});

test('a sender who goes half-way leaves nothing behind, and 300 who dawdle keep nobody waiting', async () => {
  for (const part of [
    `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"em`,
    `GET /li`,
    '',
  ]) {
    const socket = dial();
    socket.on('error', () => undefined);
    socket.write(part);
    socket.destroySoon();
  }
  const slow = Array.from({ length: 300 }, () => dial().on('error', () => undefined));
  for (const socket of slow) socket.write(`GET /livez HTTP/1.1\r\nHost: ${host}\r\nX-A: `);
  const begun = performance.now();
  for (let round = 0; round < 20; round++) assert.deepEqual((await speak(get('/livez'), 20)).statuses, [200]);
  assert.ok(performance.now() - begun < hang_ms);
  for (const socket of slow) socket.destroy();
});
