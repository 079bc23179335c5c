import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkoutRoot } from './checkout.ts';

/** The least that is built as pages. */
const pages = {
  'web/index.html': '<!doctype html><title>pages</title><script type="module" src="/src/main.ts"></script>',
  'web/vite.config.ts': 'export default {};',
  'web/src/main.ts': "document.title = 'shown';",
};

/**
 * A small checkout in a temporary folder: our real tools around the files given, with our installed packages. `use` gets its
 * folder, which is gone afterwards.
 */
export async function withCheckout(files: Readonly<Record<string, string>>, use: (root: string) => Promise<void> | void): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-checkout-'));
  try {
    for (const path of [
      'slipway',
      'package.json',
      'package-lock.json',
      'tools/set-up.sh',
      'tools/build.ts',
      'tools/test.ts',
      'tools/checkout.ts',
    ]) {
      cpSync(join(checkoutRoot, path), join(root, path));
    }
    symlinkSync(join(checkoutRoot, 'node_modules'), join(root, 'node_modules'));
    for (const folder of ['contracts/src', 'sdk/src', 'server/src', 'web/public']) mkdirSync(join(root, folder), { recursive: true });
    for (const [path, text] of Object.entries({ ...pages, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
