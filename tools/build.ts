import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { entries } from '../server/src/platform/compute/entries.ts';
import { checkoutRoot } from './checkout.ts';

/** Packages with native code or WebAssembly: they load files that lie beside them, so they stay packages. */
const kept = ['@duckdb/node-api', 'onnxruntime-node', 'onnxruntime-web', '@node-rs/argon2'];

/** CommonJS packages inside an ESM bundle still call `require` for Node's own modules. */
const banner = "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** A server that is killed would never write its compile cache: keep it as soon as start-up is over. */
const keepCompileCache = " setTimeout(() => process.getBuiltinModule('node:module').flushCompileCache(), 1000).unref();";

/** zod brings its messages in 50 languages, 290 KB; ours are our own, and English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\\\]zod[/\\\\]v4[/\\\\]locales[/\\\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

/** prom-client loads OpenTelemetry, http and cluster for gauges and gateways that we do not use: their text and some ms of each start. */
const metricsOnly: Plugin = {
  name: 'metrics-only',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\\\]prom-client[/\\\\]lib[/\\\\](cluster|defaultMetrics|pushgateway)\.js$/ }, () => ({
      contents: 'module.exports = undefined;',
      loader: 'js',
    }));
  },
};

/** What an older bundle left is kept this long, for a server that was started from it and still loads its parts. */
const leftover_ms = 24 * 3_600_000;

const source = join(checkoutRoot, 'server/src');
const target = join(checkoutRoot, 'server/dist');

/** Name to source file of everything that starts as its own process or thread. */
function programs(): Record<string, string> {
  const all: Record<string, string> = { main: join(source, 'main.ts') };
  for (const [name, path] of Object.entries(entries)) all[name] = join(source, path);
  const missing = Object.entries(all).filter(([, path]) => !existsSync(path));
  if (missing.length > 0) {
    throw new Error(
      `Entries without a source file:\n${missing.map(([name, path]) => `  ${name}: ${path.slice(checkoutRoot.length + 1)}`).join('\n')}`,
    );
  }
  return all;
}

async function bundle(into: string): Promise<void> {
  await build({
    entryPoints: programs(),
    outdir: into,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: kept,
    plugins: [englishOnly, metricsOnly],
    banner: { js: banner },
    chunkNames: 'chunk-[hash]',
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    absWorkingDir: checkoutRoot,
  });
  const main = join(into, 'main.js');
  writeFileSync(
    main,
    readFileSync(main, 'utf8').replace(banner, () => banner + keepCompileCache),
  );
}

/**
 * Moves file by file, parts before programs and the stamp last, so that at every moment what lies there fits together. Of an older
 * build the files that match `parts` are kept for a while.
 */
function publish(from: string, target: string, parts: RegExp): void {
  const order = (name: string): number => (name.startsWith('chunk-') ? 0 : name === '.stamp' ? 3 : name === 'main.js' ? 2 : 1);
  const built = readdirSync(from).sort((a, b) => order(a) - order(b));
  for (const name of built) renameSync(join(from, name), join(target, name));
  const current = new Set(built);
  for (const name of readdirSync(target)) {
    if (current.has(name) || !parts.test(name)) continue;
    const age_ms = Date.now() - (statSync(join(target, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age_ms > leftover_ms) rmSync(join(target, name), { recursive: true, force: true });
  }
}

/** The web app, when something it is made of is newer than what was built; it takes some seconds, the bundle half a second. */
async function buildWeb(): Promise<void> {
  const web = join(checkoutRoot, 'web');
  const into = join(target, 'web');
  const builtAt_ms = statSync(join(into, '.stamp'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const inputs = [join(web, 'index.html'), join(web, 'vite.config.ts'), join(checkoutRoot, 'package-lock.json')];
  for (const folder of [join(web, 'src'), join(web, 'public'), join(checkoutRoot, 'sdk/src')]) {
    inputs.push(folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)));
  }
  if (inputs.every((path) => statSync(path).mtimeMs < builtAt_ms)) return;
  mkdirSync(join(into, 'assets'), { recursive: true });
  const fresh = mkdtempSync(join(target, '.build-'));
  try {
    writeFileSync(join(fresh, '.stamp'), '');
    const vite = await import('vite');
    await vite.build({ root: web, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: false } });
    const assets = join(fresh, 'assets');
    for (const name of readdirSync(assets)) {
      if (/\.(js|css)$/.test(name)) writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
    }
    // Parts before the page that names them. A tab that is open still asks for the parts of the build before.
    publish(assets, join(into, 'assets'), /./);
    rmSync(assets, { recursive: true });
    publish(fresh, into, /^$/);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const started = performance.now();
  mkdirSync(target, { recursive: true });
  const folder = mkdtempSync(join(target, '.build-'));
  try {
    // Written before a source is read: what changes during the build is newer than the stamp and builds again.
    writeFileSync(join(folder, '.stamp'), '');
    await bundle(folder);
    publish(folder, target, /^(chunk-|\.build-)/);
    await buildWeb();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`Bundled server/dist in ${Math.round(performance.now() - started)} ms`);
}

main().catch((error: unknown) => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EROFS') {
    console.error('A source is newer than the bundle, and server/dist cannot be written: start Slipway once as the owner of the checkout.');
  } else {
    console.error(error instanceof Error ? error.message : error);
    console.error('The bundle was not built, and server/dist is as it was.');
  }
  process.exitCode = 1;
});
