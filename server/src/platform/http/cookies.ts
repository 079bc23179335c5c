export interface CookieOptions {
  /** Null ends with the browser's session; 0 deletes the cookie. */
  readonly maxAge_s: number | null;
  readonly secure: boolean;
}

const cookiesLimit = 50;
const none: ReadonlyMap<string, string> = new Map();

/** The cookies of a request. The first of two equal names counts, as the browser sends the most particular one first. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  if (header === undefined) return none;
  const cookies = new Map<string, string>();
  for (const part of header.split(';', cookiesLimit)) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at > 0 && !cookies.has(name)) cookies.set(name, part.slice(at + 1).trim());
  }
  return cookies;
}

/** A `Set-Cookie` value that scripts cannot read and that other sites never cause to be sent (RFC 6265bis). */
export function cookieHeader(name: string, value: string, { maxAge_s, secure }: CookieOptions): string {
  const age = maxAge_s === null ? '' : `; Max-Age=${maxAge_s}`;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${age}`;
}
