import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { away_ms, pause_ms, type Servers } from './patience.ts';

export interface Sent {
  readonly sent: number;
  readonly failed: number;
  /** Sent once more, since no answer came. */
  readonly again: number;
  /** What the server said to the first that failed. */
  readonly firstFailure: string | null;
}

export interface Sender {
  /**
   * One request each, in their order, at most 8 under way. Puts each answer at its request's place in `answers`; where one stands
   * already, another one is a failure.
   */
  predictAll(bodies: readonly string[], answers: string[], onAnswer: () => void): Promise<void>;
  /** Acknowledged: throws when the server refuses. Answers how many named a row that the server does not know. */
  outcomes(elements: readonly string[]): Promise<number>;
  readonly counts: Sent;
  close(): void;
}

/** With 32, one turn of the server's event loop took up to 32 requests, some 11 ms of work. Shorter turns cost about a tenth of the pace. */
const concurrent = 8;
const answerLimit_ms = 30_000;
const outcomesPerRequest = 1_000;
const shown_chars = 300;

/** Plain `node:http` with connections kept alive: the SDK is for people's programs, and this one sends 55,000 requests. */
export function createSender(given: { servers: Servers; token: string; deployment: string }): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrent, scheduling: 'fifo' });
  const predict = `/api/v1/deployments/${given.deployment}/predict`;
  const outcomes = `/api/v1/deployments/${given.deployment}/outcomes`;
  const authorization = `Bearer ${given.token}`;
  const counts = { sent: 0, failed: 0, again: 0, firstFailure: null as string | null };

  interface Answer {
    /** 0: none came. */
    readonly status: number;
    readonly text: string;
  }

  function post(server: string, path: string, body: string): Promise<Answer> {
    const { hostname: host, port } = new URL(server);
    return new Promise((done) => {
      const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request({ agent, host, port, method: 'POST', path, headers, timeout: answerLimit_ms }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('close', () =>
          done({ status: response.complete ? (response.statusCode ?? 0) : 0, text: Buffer.concat(parts).toString('utf8') }),
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerLimit_ms} ms`)));
      sent.on('error', (error) => done({ status: 0, text: error.message }));
      sent.end(body);
    });
  }

  /** Row ids are the idempotency keys of both: the same row again takes its own place, so what got no answer may be sent again. */
  async function posted(path: string, body: string): Promise<Answer> {
    for (const end = Date.now() + away_ms; ; await sleep(pause_ms)) {
      const server = given.servers.address();
      const answer = await post(server, path, body);
      if (answer.status !== 0 || Date.now() > end) return answer;
      given.servers.turnFrom(server);
      counts.again++;
    }
  }

  function failed(why: string): void {
    counts.failed++;
    counts.firstFailure ??= why.slice(0, shown_chars);
  }

  return {
    counts,
    async predictAll(bodies, answers, onAnswer) {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let at = next++; at < bodies.length; at = next++) {
          const { status, text } = await posted(predict, bodies[at] ?? '');
          const before = answers[at];
          counts.sent++;
          if (status !== 200) failed(`${status === 0 ? 'no answer' : status}: ${text}`);
          else if (before !== undefined && before !== text) failed(`answered ${before}, and when it was sent again ${text}`);
          else answers[at] = text;
          onAnswer();
        }
      };
      await Promise.all(Array.from({ length: concurrent }, lane));
    },
    async outcomes(elements) {
      let unmatched = 0;
      for (let at = 0; at < elements.length; at += outcomesPerRequest) {
        const body = `{"outcomes":[${elements.slice(at, at + outcomesPerRequest).join(',')}]}`;
        const { status, text } = await posted(outcomes, body);
        if (status !== 200) throw new Error(`the server refused outcomes (${status}): ${text.slice(0, shown_chars)}`);
        unmatched += (JSON.parse(text) as { unmatched: number }).unmatched;
      }
      return unmatched;
    },
    close: () => agent.destroy(),
  };
}
