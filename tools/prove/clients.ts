/**
 * Proves that the official clients of other languages work: `clients.ts [--only java|typescript]`.
 *
 * Each is installed from its own registry into `.cache/`, and makes the calls of every day against a fresh server: Java (Maven, a
 * JDK; its files go by the Python client) and TypeScript (traces). What is not there is said and passed over.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Server, startServer, temporaryFolder } from '../../tests/journeys/a-server.fixture.ts';
import { checkoutRoot } from '../checkout.ts';

const javaRelease = '2.17.2';
const pythonRelease = '3.17.2';
/** The name that the client in TypeScript has, and the one that it had. */
const typescriptNames = ['@mlflow/core', 'mlflow-tracing'];
const limit_ms = 240_000;

const cache = join(checkoutRoot, '.cache/other-clients');
const scripts = fileURLToPath(new URL('../../tests/mlflow/', import.meta.url));

interface Ran {
  readonly ok: boolean;
  readonly text: string;
}

function run(program: string, words: readonly string[], folder: string, variables: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: folder,
    env: { ...process.env, ...variables },
    encoding: 'utf8',
    timeout: limit_ms,
  });
  return { ok: status === 0, text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim() };
}

const isThere = (program: string): boolean => run(program, ['-version'], cache).ok;

/** What a client needs, or why it cannot be tried here. */
type Prepared = { readonly version: string; readonly start: (server: Server) => Ran } | { readonly lacking: string };

function variablesOf({ address, admin }: Server): NodeJS.ProcessEnv {
  return { MLFLOW_TRACKING_URI: address, MLFLOW_TRACKING_TOKEN: admin.token, MLFLOW_DISABLE_TELEMETRY: 'true' };
}

function java(): Prepared {
  if (!['java', 'javac', 'mvn'].every(isThere)) return { lacking: 'it needs a JDK and Maven' };
  const folder = join(cache, `java-${javaRelease}`);
  const jars = join(folder, 'lib');
  if (!existsSync(jars)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'pom.xml'), pom);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
    const fetched = run('mvn', ['-q', '-B', goal, '-DoutputDirectory=lib'], folder);
    if (!fetched.ok) return { lacking: `Maven did not bring org.mlflow:mlflow-client:${javaRelease}: ${fetched.text.slice(-300)}` };
  }
  const python = process.env['MLFLOW_PYTHON_EXECUTABLE'] ?? join(checkoutRoot, '.cache/mlflow-clients', pythonRelease, 'bin/python');
  const files = existsSync(python) ? { MLFLOW_PYTHON_EXECUTABLE: python } : {};
  return {
    version: `org.mlflow:mlflow-client ${javaRelease}, ${existsSync(python) ? 'files by the Python client' : 'without files, as there is no Python client'}`,
    start(server) {
      const compiled = run('javac', ['-cp', join(jars, '*'), '-d', join(folder, 'classes'), join(scripts, 'Everyday.java')], folder);
      if (!compiled.ok) return compiled;
      const classes = [join(folder, 'classes'), join(jars, '*')].join(delimiter);
      return run('java', ['-cp', classes, 'Everyday'], folder, { ...variablesOf(server), ...files });
    },
  };
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>everyday</groupId><artifactId>everyday</artifactId><version>1</version>
  <dependencies><dependency><groupId>org.mlflow</groupId><artifactId>mlflow-client</artifactId><version>${javaRelease}</version></dependency></dependencies>
</project>
`;

function typescript(): Prepared {
  const folder = join(cache, 'typescript');
  mkdirSync(folder, { recursive: true });
  for (const name of typescriptNames) {
    const installed = join(folder, 'node_modules', name, 'package.json');
    if (
      !existsSync(installed) &&
      !run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', name], folder).ok
    )
      continue;
    const { version, main } = JSON.parse(readFileSync(installed, 'utf8')) as { version: string; main: string };
    const variables = { MLFLOW_PACKAGE: join(folder, 'node_modules', name, main) };
    return {
      version: `${name} ${version}`,
      start: (server) => run(process.execPath, [join(scripts, 'everyday.mjs')], folder, { ...variablesOf(server), ...variables }),
    };
  }
  return { lacking: `npm has neither ${typescriptNames.join(' nor ')} here` };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  mkdirSync(cache, { recursive: true });
  const clients = Object.entries({ java, typescript }).filter(([name]) => values.only === undefined || name === values.only);
  for (const [name, prepare] of clients) {
    const client = prepare();
    if ('lacking' in client) {
      console.log(`${name}: not tried: ${client.lacking}.`);
      continue;
    }
    const undo: (() => unknown)[] = [];
    try {
      const scope = { after: (step: () => unknown) => undo.unshift(step) };
      const began = performance.now();
      const { ok, text } = client.start(await startServer(scope, temporaryFolder(scope)));
      const took_s = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `${name}: ${client.version}: ${ok ? 'works' : 'FAILED'} after ${took_s} s: ${ok ? text.match(/^\d+ checks$/m)?.[0] : text.slice(-3000)}`,
      );
      if (!ok) process.exitCode = 1;
    } finally {
      for (const step of undo) await step();
    }
  }
}

await main();
