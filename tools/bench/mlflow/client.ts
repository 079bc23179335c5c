import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';
import { cpuOf_ms } from '../process-tree.ts';
import type { Figures } from '../row.ts';
import type { Running } from './subjects.ts';

/** One raw client with kept-alive connections, the same for both servers. */
export interface Client {
  /** The JSON of a 200; anything else is thrown. */
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
  get(path: string): Promise<Record<string, unknown>>;
  put(path: string, body: Buffer | Readable, size_bytes: number): Promise<void>;
  /** How many bytes came. */
  download(path: string): Promise<number>;
  close(): void;
}

export function connect({ subject, server }: Running, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const token = subject.token();
  const always: OutgoingHttpHeaders = token === null ? {} : { authorization: `Bearer ${token}` };

  function send(method: string, path: string, headers: OutgoingHttpHeaders, body: Buffer | Readable | null): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(`${server.address}${path}`, { agent, method, headers: { ...always, ...headers } }, resolve).on('error', reject);
      if (body instanceof Readable) body.on('error', reject).pipe(sent);
      else sent.end(body ?? undefined);
    });
  }

  async function answered(method: string, path: string, headers: OutgoingHttpHeaders, body: Buffer | Readable | null): Promise<Buffer> {
    const response = await send(method, path, headers, body);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode} ${bytes.toString('utf8').slice(0, 500)}`);
    return bytes;
  }

  const json = (bytes: Buffer): Record<string, unknown> => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  return {
    async post(path, body) {
      const bytes = Buffer.from(JSON.stringify(body));
      return json(await answered('POST', path, { 'content-type': 'application/json', 'content-length': bytes.length }, bytes));
    },
    get: async (path) => json(await answered('GET', path, {}, null)),
    async put(path, body, size_bytes) {
      await answered('PUT', path, { 'content-type': 'application/octet-stream', 'content-length': size_bytes }, body);
    },
    async download(path) {
      let size_bytes = 0;
      const response = await send('GET', path, {}, null);
      for await (const chunk of response) size_bytes += (chunk as Buffer).length;
      if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
      return size_bytes;
    },
    close: () => agent.destroy(),
  };
}

export interface Load {
  readonly clients: number;
  /** No operation begins after this. */
  readonly for_ms: number;
  /** But so many are done, however long they take. */
  readonly least: number;
}

/**
 * Clients that each wait for the answer before the next call: CPU time of the server's process tree for each operation, the median
 * time to its answer, and operations a second.
 */
export async function closedLoop(
  { server }: Running,
  { clients, for_ms, least }: Load,
  name: string,
  operation: (at: number) => Promise<void>,
): Promise<Figures> {
  const taken_ms: number[] = [];
  let begun = 0;
  const cpuBefore_ms = cpuOf_ms(...server.pids);
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (begun < least || performance.now() - started < for_ms) {
      const at = begun++;
      const from = performance.now();
      await operation(at);
      taken_ms.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const wall_ms = performance.now() - started;
  const cpu_ms = cpuOf_ms(...server.pids) - cpuBefore_ms;
  taken_ms.sort((a, b) => a - b);
  return {
    [`${name}_cpu_ms`]: cpu_ms / taken_ms.length,
    [`${name}_p50_ms`]: taken_ms[Math.floor(taken_ms.length / 2)] ?? Number.NaN,
    [`${name}_wall_ms`]: wall_ms / taken_ms.length,
  };
}
