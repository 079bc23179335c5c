import type { ReplyControls } from '../../platform/http/index.ts';

/** What MLflow calls text, by the ending of a name or by the whole name (mlflow/utils/mime_type_utils.py). */
const texts = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel mlproject'.split(
    ' ',
  ),
);

const types: Readonly<Record<string, string>> = {
  css: 'text/css',
  gif: 'image/gif',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  txt: 'text/plain',
  wav: 'audio/x-wav',
  webp: 'image/webp',
  zip: 'application/zip',
};

function typeOf(name: string): string {
  const ending = name.split('.').at(-1) ?? '';
  if (texts.has(ending)) return 'text/plain';
  const kind = ending.toLowerCase();
  return Object.hasOwn(types, kind) ? (types[kind] ?? '') : 'application/octet-stream';
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The name as it is where HTTP can carry it, and both ways where it has other letters (RFC 6266, appendix D). */
function dispositionOf(name: string): string {
  const ascii = name.normalize('NFKD').replace(/[^ -~]/g, '') || 'download';
  const quoted = token.test(ascii) ? ascii : `"${ascii.replace(/["\\]/g, '\\$&')}"`;
  if (ascii === name) return `attachment; filename=${quoted}`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename=${quoted}; filename*=UTF-8''${encoded}`;
}

/** A file is always something to save: what it holds never runs as a page of ours. */
export function announce(reply: ReplyControls, path: string, bytes: number, range: { start: number; end: number } | null): void {
  const name = path.split('/').at(-1) ?? '';
  reply.setHeader('content-type', typeOf(name));
  reply.setHeader('content-disposition', dispositionOf(name));
  reply.setHeader('accept-ranges', 'bytes');
  if (range === null) {
    reply.setHeader('content-length', String(bytes));
    return;
  }
  reply.setStatus(206);
  reply.setHeader('content-range', `bytes ${range.start}-${range.end - 1}/${bytes}`);
  reply.setHeader('content-length', String(range.end - range.start));
}
