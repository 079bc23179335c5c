import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, wherever the checkout lies. */
export const checkoutRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Folders that are not ours or not source. `.gitignore` names the same ones. */
const skipped = new Set(['node_modules', 'dist', '.git', '.slipway', '.cache', 'coverage', '__pycache__', '.venv']);

/** Far above what the checkout holds; a walk that gets here has left it (a link into a data folder). */
const walkLimit_files = 50_000;

/** Every file of the checkout as a path relative to its root, sorted. */
export function listFiles(root: string = checkoutRoot): string[] {
  const files: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(join(folder, entry.name));
      if (entry.isFile() && !entry.name.endsWith('.log')) files.push(relative(root, join(folder, entry.name)).split(sep).join('/'));
    }
    if (files.length > walkLimit_files) throw new Error(`More than ${walkLimit_files} files under ${root}: is data lying in the checkout?`);
  }
  return files.sort();
}

export function readText(path: string, root: string = checkoutRoot): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Our own TypeScript: not what a generator wrote, and not AssemblyScript, which only looks like it. */
export function isOurTypeScript(path: string): boolean {
  return /\.tsx?$/.test(path) && !path.endsWith('.gen.ts') && !path.startsWith('tools/kernels/') && !path.endsWith('.as.ts');
}
