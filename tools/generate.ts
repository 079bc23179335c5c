import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { api } from '@slipway/contracts';
import { openApiOf } from '../server/src/platform/http/openapi.ts';
import { checkoutRoot, readText } from './checkout.ts';
import { cliPage } from './generators/cli.ts';
import { errorsPage } from './generators/errors.ts';
import { floorsPage } from './generators/floors.ts';
import { httpPage } from './generators/http.ts';
import { mlflowPage } from './generators/mlflow.ts';
import { operationsFile } from './generators/operations.ts';

/** What a running server answers at `/api/openapi.json`, so that a change of the API is seen in review. */
function openApiFile(): string {
  const { version } = JSON.parse(readText('package.json')) as { version: string };
  return `${JSON.stringify(openApiOf(api, version), null, 1)}\n`;
}

/** Every generated file: where it lies, and what makes its text. A new generator is a line here. */
const generated: readonly { readonly path: string; readonly make: () => string }[] = [
  { path: 'docs/reference/cli.md', make: cliPage },
  { path: 'docs/reference/errors.md', make: errorsPage },
  { path: 'docs/reference/floors.md', make: floorsPage },
  { path: 'docs/reference/http.md', make: httpPage },
  { path: 'docs/reference/mlflow.md', make: mlflowPage },
  { path: 'docs/reference/openapi.json', make: openApiFile },
  { path: 'sdk/src/operations.gen.ts', make: operationsFile },
];

/** Writes what differs, or with `--check` only names it and fails. */
function main(check: boolean): void {
  const stale = generated.filter(({ path, make }) => !existsSync(join(checkoutRoot, path)) || readText(path) !== make());
  for (const { path, make } of check ? [] : stale) {
    mkdirSync(dirname(join(checkoutRoot, path)), { recursive: true });
    writeFileSync(join(checkoutRoot, path), make());
  }
  for (const { path } of stale) console.log(check ? `${path} is not what its source says` : `wrote ${path}`);
  if (check && stale.length > 0) {
    console.error('Run `npm run generate` and commit what it writes.');
    process.exitCode = 1;
  }
}

main(process.argv.includes('--check'));
