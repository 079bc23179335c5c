import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { failure } from '../../kernel/error.ts';

/** Where a definition sends to: one host and port, and nothing else is ever connected to for it. */
export interface Target {
  readonly url: URL;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/** Refuses with `invalid_input`; a password in an address would end in logs. */
export function targetOf(webhook: string): Target {
  const url = webhook.length <= 2000 && URL.canParse(webhook) ? new URL(webhook) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '') {
    throw failure('invalid_input', {
      field: 'webhook',
      expected: 'an http:// or https:// address without a user name and password',
      got: url ? `${url.protocol}//${url.host}` : 'something else',
    });
  }
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}

/** Ranges that are not of the public internet (IANA special-purpose registries): loopback, private, link-local, tunnels. */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, bits, 'ipv6');
}

/**
 * Never a receiver, whoever writes it down: addresses of nobody, of many, and of the own link, where clouds answer with the keys of
 * the machine (169.254.169.254, fd00:ec2::254).
 */
const never = new BlockList();
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('224.0.0.0', 3, 'ipv4');
never.addAddress('100.100.100.200', 'ipv4');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('fd00:ec2::', 32, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');

/** Where a literal address lies; a name lies nowhere until it is resolved. */
export function placeOf(address: string): 'public' | 'inside' | 'never' | 'name' {
  const family = isIP(address);
  if (family === 0) return 'name';
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (never.check(address, kind)) return 'never';
  return inside.check(address, kind) ? 'inside' : 'public';
}

export function assertReceiver(host: string): void {
  if (placeOf(host) === 'never') throw failure('receiver_refused', { address: host });
}

/**
 * The one address to connect to. A literal address is taken as it is written: whoever wrote it meant it. A name is
 * resolved once, and refused when any of its addresses is not public (`receiver_not_public`), so that no name of others
 * leads into the network of this machine.
 */
export async function resolveTarget({ host }: Target): Promise<string> {
  assertReceiver(host);
  if (placeOf(host) !== 'name') return host;
  const addresses = await lookup(host, { all: true });
  const wrong = addresses.find(({ address }) => placeOf(address) !== 'public');
  if (wrong) throw failure('receiver_not_public', { host, address: wrong.address });
  const [first] = addresses;
  if (!first) throw failure('receiver_failed', { host, reason: 'its name has no address' });
  return first.address;
}
