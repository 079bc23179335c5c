import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { serversAt } from './patience.ts';
import { createSender, type Sender } from './sender.ts';
import type { Day } from './tape.ts';
import { playDay } from './year.ts';

const ids = Array.from({ length: 40 }, (_, at) => `f${at}`);
const day: Day = {
  date: '2013-03-01',
  end_ms: 0,
  departures: ids.map((id) => ({
    id,
    event_time_ms: 0,
    known_at_ms: 0,
    request: JSON.stringify({ ids: [id] }),
    outcome: JSON.stringify({ id, value: 1 }),
  })),
  outcomes: [],
};
const whole: Day = { ...day, outcomes: day.departures };

async function bodyOf(request: IncomingMessage): Promise<{ ids?: string[]; outcomes?: { id: string }[] }> {
  let text = '';
  for await (const part of request) text += String(part);
  return JSON.parse(text);
}

/** A sender to an HTTP server of this test, which is gone when `use` is done. */
async function withSender(listener: RequestListener, use: (sender: Sender) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const sender = createSender({
    servers: serversAt([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]),
    token: 't',
    deployment: 'delay',
  });
  try {
    await use(sender);
  } finally {
    sender.close();
    server.closeAllConnections();
    server.close();
  }
}

test('a day in which the server was killed and forgot rows that it had answered is sent whole again, until every outcome has its row', async () => {
  const kept = new Set<string>();
  let predictions = 0;
  await withSender(
    async (request, response) => {
      const { ids: rows, outcomes = [] } = await bodyOf(request);
      if (rows === undefined) return void response.end(JSON.stringify({ unmatched: outcomes.filter(({ id }) => !kept.has(id)).length }));
      if (++predictions === 30) {
        kept.clear();
        return void response.destroy();
      }
      for (const id of rows) kept.add(id);
      response.end(`answer to ${rows.join()}`);
    },
    async (sender) => {
      assert.equal(await playDay(whole, sender, () => undefined), 0);
      assert.equal(kept.size, ids.length);
      assert.deepEqual([sender.counts.again, sender.counts.failed], [1, 0]);
    },
  );
});

test('a request that is answered otherwise when it is sent again is a failure that shows both answers', async () => {
  let asked = 0;
  await withSender(
    async (request, response) => {
      const { ids: rows } = await bodyOf(request);
      if (rows === undefined) return void response.end('{"unmatched":0}');
      if (++asked === 30) response.destroy();
      else response.end(rows[0] === 'f7' ? `answer ${asked > 30}` : 'the same');
    },
    async (sender) => {
      await playDay(whole, sender, () => undefined);
      assert.equal(sender.counts.failed, 1);
      assert.equal(sender.counts.firstFailure, 'answered answer false, and when it was sent again answer true');
    },
  );
});
