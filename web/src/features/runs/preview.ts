/** Which files are shown in the page. Markup and SVG are shown as their text. Pure. */
export const textLimit_bytes = 2_000_000;
const imageLimit_bytes = 20_000_000;
const images = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp'];
const texts = [
  'txt',
  'log',
  'md',
  'json',
  'jsonl',
  'csv',
  'tsv',
  'yaml',
  'yml',
  'toml',
  'ini',
  'xml',
  'html',
  'htm',
  'svg',
  'py',
  'ts',
  'js',
  'sql',
  'sh',
  'r',
  'diff',
  'patch',
  'lock',
  'cfg',
];

export function previewOf({ path, bytes }: { readonly path: string; readonly bytes: number }): 'text' | 'image' | 'large' | 'none' {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  if (images.includes(ending)) return bytes <= imageLimit_bytes ? 'image' : 'large';
  const isText = texts.includes(ending) || /(^|\/)(MLmodel|README|LICENSE|Dockerfile)$/.test(path);
  if (!isText) return 'none';
  return bytes <= textLimit_bytes ? 'text' : 'large';
}
