import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, PageRequest } from '../platform/http/index.ts';

/** Where the build puts the web app: beside the bundle, seen from the bundle and from the source. */
const folders = [join(import.meta.dirname, 'web'), join(import.meta.dirname, '../../dist/web')];

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** Scripts and styles of our own build only; styles that the components make themselves carry the nonce of the page. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

/** Addresses that the web app reads itself. Whatever else is not a route stays a 404 that a program understands. */
const isPage = (path: string): boolean => path === '/' || path === '/design' || path === '/p' || path.startsWith('/p/');

const notBuilt =
  '<!doctype html><title>Slipway</title><p>The pages are not built. Start with <code>./slipway up</code>, or run <code>npm run build</code> once.';

/** The built web app. The list of files is read once, with the first page, so that no path of a client ever reaches the disk. */
export function createWebPages(): (request: PageRequest) => Promise<Page | null> {
  let found: ReturnType<typeof findBuild> | undefined;
  const html = (body: string, nonce: string): Page => ({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policyOf(nonce) },
    body,
  });
  return async ({ path, acceptsGzip }) => {
    found ??= findBuild();
    const { folder, files } = await found;
    if (isPage(path)) {
      const nonce = randomBytes(16).toString('base64');
      if (!files.has('index.html')) return html(notBuilt, nonce);
      return html((await readFile(join(folder, 'index.html'), 'utf8')).replace('__NONCE__', nonce), nonce);
    }
    const name = path.slice(1);
    const type = types[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined || !files.has(name)) return null;
    const packed = acceptsGzip && files.has(`${name}.gz`);
    const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return {
      status: 200,
      headers: { 'content-type': type, 'cache-control': cache, vary: 'accept-encoding', ...(packed ? { 'content-encoding': 'gzip' } : {}) },
      body: await readFile(join(folder, packed ? `${name}.gz` : name)),
    };
  };
}

async function findBuild(): Promise<{ folder: string; files: ReadonlySet<string> }> {
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
    if (names.includes('index.html')) return { folder, files: new Set(names) };
  }
  return { folder: '', files: new Set() };
}
