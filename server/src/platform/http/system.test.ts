import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { api } from '@slipway/contracts';
import { createMetrics, openApiOf, systemRoutes } from './index.ts';
import { startTestServer } from './server.fixture.ts';

async function system(t: TestContext, checks: Record<string, string>) {
  const metrics = createMetrics();
  const { http } = await startTestServer(
    t,
    systemRoutes({
      version: '1.2.3',
      speaks: '3.17.0',
      metrics,
      ready: async () => checks,
      notes: () => ({ backups: 'none since Monday' }),
    }),
    { metrics },
  );
  return (url: string) => http.inject({ method: 'GET', url, headers: { authorization: 'Bearer reader' } });
}

test('the health of the server is told to anyone, its readiness with reasons', async (t) => {
  const get = await system(t, { database: 'ok', disk: 'no space' });
  assert.deepEqual((await get('/livez')).json(), { live: true });
  assert.equal((await get('/health')).body, 'OK');
  assert.equal((await get('/version')).body, '3.17.0');
  const ready = await get('/readyz');
  assert.deepEqual(
    [ready.statusCode, ready.json()],
    [503, { ready: false, checks: { database: 'ok', disk: 'no space' }, notes: { backups: 'none since Monday' } }],
  );
});

test('metrics count requests by route and tell how long the event loop was held', async (t) => {
  const get = await system(t, {});
  await get('/livez');
  await get('/nowhere/at/all');
  const text = (await get('/metrics')).body;
  assert.match(text, /slipway_http_requests_total\{route="system.live",method="GET",status="2xx"\} 1/);
  assert.match(text, /slipway_http_requests_total\{route="none",method="GET",status="4xx"\} 1/);
  assert.match(text, /slipway_http_request_seconds_count\{route="system.live"\} 1/);
  assert.match(text, /slipway_http_request_seconds_bucket\{le="\+Inf",route="system.live"\} 1/);
  assert.match(text, /# TYPE slipway_http_request_seconds histogram/);
  assert.match(text, /event_loop_delay_p99_seconds \d/);
  assert.match(text, /process_resident_memory_bytes \d{7}/);
});

test('a held event loop shows in its delay, and can be forgotten', async (t) => {
  const metrics = createMetrics();
  t.after(() => metrics.close());
  await new Promise((resolve) => setTimeout(resolve, 100));
  const end = performance.now() + 150;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.ok(metrics.eventLoopDelay().max_ms > 100);
  metrics.resetEventLoopDelay();
  assert.equal(metrics.eventLoopDelay().max_ms, 0);
});

test('the description names every operation once, with its path parameters and its errors', async (t) => {
  const get = await system(t, {});
  const served = (await get('/api/openapi.json')).json();
  assert.deepEqual(served, JSON.parse(JSON.stringify(openApiOf(api, '1.2.3'))));
  const operations = Object.values(served.paths as Record<string, Record<string, { operationId: string }>>).flatMap((path) =>
    Object.values(path),
  );
  const ids = operations.map(({ operationId }) => operationId);
  const declared = Object.values(api).flatMap((noun) => Object.values(noun).map(({ id }) => id as string));
  assert.deepEqual(ids.toSorted(), declared.toSorted());
  const clock = served.paths['/api/v1/projects/{project}/clock'].put;
  assert.deepEqual([clock.parameters.length, clock.parameters[0].name], [1, 'project']);
  assert.equal(clock.responses['422'].description, 'clock_backwards');
  assert.equal(clock['x-permission'], 'clock');
});
