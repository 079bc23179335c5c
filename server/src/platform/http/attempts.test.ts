import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { api } from '@slipway/contracts';
import { systemClock } from '../../kernel/clock.ts';
import { implement } from './index.ts';
import { startTestServer } from './server.fixture.ts';

test('what tries to get around host, origin, token or form is in the log: a line a minute of each kind, without what was sent', async (t) => {
  let ahead_ms = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead_ms };
  const { http, logFile } = await startTestServer(
    t,
    [implement(api.system.live, () => ({ live: true as const })), implement(api.access.me, () => assert.fail())],
    { clock },
  );
  const send = async (url: string, headers: Record<string, string>) => http.inject({ method: 'GET', url, headers });
  const round = async () => {
    await send('/livez', { host: 'evil-canary.example' });
    await send('/livez', { origin: 'http://evil-canary.example', cookie: 'slipway_session=evil-canary' });
    await send('/api/v1/me', { authorization: 'Bearer evil-canary' });
    await send('/livez?a=%00evil-canary', {});
  };
  for (let nth = 0; nth < 10; nth++) await round();
  ahead_ms = 60_001;
  await round();
  const log = readFileSync(logFile, 'utf8');
  assert.ok(!log.includes('evil-canary'), log);
  const told = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ code, more_before, request }) => [code, more_before, /^req_/.test(request)]);
  const codes = ['host_not_allowed', 'origin_not_allowed', 'token_not_valid', 'malformed_request'];
  assert.deepEqual(told, [...codes.map((code) => [code, undefined, true]), ...codes.map((code) => [code, 9, true])]);
});
