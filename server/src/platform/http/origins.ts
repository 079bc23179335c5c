import { failure } from '../../kernel/error.ts';

/** What a request says about where it is going and which page made it. */
export interface Whence {
  readonly method: string;
  /** The request target as it came: a path, or a whole address as proxies are asked. */
  readonly target: string;
  readonly host: string | undefined;
  /** How many Host headers there were; more than one is an attack on a proxy. */
  readonly hosts: number;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly cookies: boolean;
  readonly bearer: boolean;
}

export interface Served {
  /** Names beside the loopback ones, with or without a port. */
  readonly hosts: readonly string[];
  /** Whole origins beside our own, as in `https://slipway.example.org`. */
  readonly origins: readonly string[];
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses names that are not ours (DNS rebinding), then pages that are not ours (cross-site request forgery): every change,
 * and every request that a cookie would sign, must come from a page of ours or from no page at all.
 */
export function assertWhence(whence: Whence, served: Served): void {
  const host = (whence.host ?? '').toLowerCase();
  assertServed(host, whence.hosts, served);
  // A whole address says where the request goes, whatever Host says (RFC 9112, 3.2.2); two that differ are an attack on a proxy.
  const named = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(whence.target)?.[1]?.toLowerCase();
  if (named !== undefined && named !== host) throw failure('host_not_allowed', { host: named });
  const changes = !reading.has(whence.method);
  const signed = whence.cookies && !whence.bearer;
  if (whence.origin !== undefined) {
    const ours = isOwn(whence.origin, host) || served.origins.includes(whence.origin);
    if ((changes || signed) && !ours) throw failure('origin_not_allowed', { origin: whence.origin });
  } else if (changes) {
    const site = whence.fetchSite ?? (signed ? 'an unknown site' : 'none');
    if (site !== 'same-origin' && site !== 'none') throw failure('origin_not_allowed', { origin: site });
  }
}

function assertServed(host: string, hosts: number, served: Served): void {
  const name = host.replace(/:\d{1,5}$/, '');
  const known = loopback.has(name) || served.hosts.includes(host) || served.hosts.includes(name);
  if (!known || hosts > 1) throw failure('host_not_allowed', { host: host || '(none)' });
}

function isOwn(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host}` || origin.toLowerCase() === `https://${host}`;
}
