import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What Postgres 13 says of itself to the questions of a start, in their order. No server of that age comes from npm. */
const facts = {
  version: '13',
  encoding: 'UTF8',
  synchronous_commit: 'on',
  fsync: 'on',
  schema: 'public',
  is_standby: 'f',
  may_create: 't',
};
const types = { version: 23, encoding: 25, synchronous_commit: 25, fsync: 25, schema: 19, is_standby: 16, may_create: 16 };

/** A server that lets everybody in and answers each question with its facts: the protocol of Postgres 13 as far as a start goes. */
export async function oldServer(): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let isIn = false;
    socket.on('data', (sent) => {
      if (!isIn) socket.write(Buffer.concat([message('R', int32(0)), parameter('server_version', '13.22'), ready]));
      else if (sent[0] === 'Q'.charCodeAt(0) || sent.includes('S')) socket.write(answer());
      isIn = true;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/old`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const message = (kind: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
const parameter = (name: string, value: string): Buffer => message('S', Buffer.concat([text(name), text(value)]));
const ready = message('Z', Buffer.from('I'));

/** One row with the facts. */
function answer(): Buffer {
  const names = Object.keys(facts) as (keyof typeof facts)[];
  const fields = names.map((name) => Buffer.concat([text(name), int32(0), int16(0), int32(types[name]), int16(-1), int32(-1), int16(0)]));
  const values = names.map((name) => Buffer.concat([int32(facts[name].length), Buffer.from(facts[name])]));
  return Buffer.concat([
    message('T', Buffer.concat([int16(fields.length), ...fields])),
    message('D', Buffer.concat([int16(values.length), ...values])),
    message('C', text('SELECT 1')),
    ready,
  ]);
}
