const here = 'http://here.invalid';

/**
 * The path that a sign-in leads to: one of this server, whatever was asked for. `//evil`, `/\evil` and addresses with a scheme lead
 * elsewhere in a browser, so they lead to `/`.
 */
export function nextPath(wanted: string | undefined): string {
  if (wanted === undefined || !wanted.startsWith('/') || !URL.canParse(wanted, here)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, here);
  // A path that begins with two slashes is the name of a host to whoever reads it next.
  if (origin !== here || pathname.startsWith('//')) return '/';
  return `${pathname}${search}${hash}`;
}
