import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createSpans, type Span, tracesAddress } from './index.ts';
import { idsOf } from './otlp.ts';

interface Wire {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

/** Takes what is sent to it, and answers with what the test says. */
async function receiver(t: TestContext) {
  const bodies: string[] = [];
  const answers = { status: 200 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (answers.status === 200) bodies.push(body);
    response.writeHead(answers.status).end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const spans = (): Wire[] => bodies.flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, bodies, spans };
}

const request: Span = {
  name: 'GET /api/v1/me',
  kind: 'server',
  end_ms: 1_700_000_000_500,
  duration_ms: 12.25,
  attributes: { 'http.request.method': 'GET', 'http.response.status_code': 503 },
  failed: true,
};
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function logOf() {
  const lines: unknown[] = [];
  return { lines, log: { warn: (message: string, fields?: object) => void lines.push([message, fields]) } };
}

test('a span is sent as OTLP in JSON, in the trace of its caller', async (t) => {
  const { address, bodies } = await receiver(t);
  const spans = createSpans({ address: tracesAddress(address), version: '1.2.3', log: logOf().log });
  spans.record({ ...request, parent });
  await spans.stop();
  const [body] = bodies.map((text) => JSON.parse(text));
  const { resource, scopeSpans } = body.resourceSpans[0];
  assert.deepEqual(resource.attributes, [
    { key: 'service.name', value: { stringValue: 'slipway' } },
    { key: 'service.version', value: { stringValue: '1.2.3' } },
  ]);
  const { spanId, ...rest } = scopeSpans[0].spans[0];
  assert.match(spanId, /^[0-9a-f]{16}$/);
  assert.deepEqual(rest, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    name: 'GET /api/v1/me',
    kind: 2,
    startTimeUnixNano: '1700000000487750000',
    endTimeUnixNano: '1700000000500000000',
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'http.response.status_code', value: { intValue: '503' } },
    ],
    status: { code: 2 },
  });
});

test('a header that is no trace of a caller begins a trace of its own', () => {
  const random = (bytes: number) => 'ab'.repeat(bytes);
  const own = { trace: 'ab'.repeat(16), span: 'ab'.repeat(8), parent: null };
  for (const given of [
    undefined,
    '',
    'x',
    parent.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `${parent}-1`,
    `01${parent.slice(2)}`,
  ])
    assert.deepEqual(idsOf(given, random), own, given);
});

test('a receiver that is away is told once, what waits is sent when it is back, and what is too much is counted', async (t) => {
  const { address, answers, spans: heard } = await receiver(t);
  const { log, lines } = logOf();
  const spans = createSpans({ address: tracesAddress(address), version: '1', log, every_ms: 20 });
  answers.status = 503;
  for (let nth = 0; nth < 5_000; nth++) spans.record({ ...request, name: `nth ${nth}` });
  await wait(200);
  answers.status = 200;
  for (let tries = 0; heard().length < 4_096 && tries < 200; tries++) await wait(20);
  await spans.stop();
  assert.deepEqual(
    heard().map(({ name }) => name),
    Array.from({ length: 4_096 }, (_, nth) => `nth ${nth}`),
  );
  assert.deepEqual(lines, [
    ['traces cannot be sent; they are tried again, and dropped when too many wait', { reason: 'it answered 503' }],
    ['traces are sent again', { lost: 904 }],
  ]);
});

for (const [given, address] of [
  ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
  ['https://collector.example.org/tenant/v1/traces', 'https://collector.example.org/tenant/v1/traces'],
] as const) {
  test(`traces for ${given} go to ${address}`, () => assert.equal(tracesAddress(given), address));
}

for (const given of ['', '127.0.0.1:4318', 'grpc://127.0.0.1:4317', 'http://me:secret@127.0.0.1/']) {
  test(`${given || 'nothing'} is no place for traces, and the refusal repeats none of it`, () =>
    assert.throws(
      () => tracesAddress(given),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'traces_address_not_valid');
        return !error.message.includes('secret');
      },
    ));
}
