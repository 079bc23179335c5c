import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, type Ended, launch, type Scope, type Server } from '../journeys/a-server.fixture.ts';

/** The releases of the official client that must work, newest first. */
export const releases = ['3.17.2', '3.14.0', '2.22.5'] as const;
export type Release = (typeof releases)[number];

const beside = ['scikit-learn==1.9.1'];
const besideNewest = [...beside, 'onnx==1.23.2', 'onnxruntime==1.31.1', 'skl2onnx==1.20.0'];
const kept = join(checkout, '.cache/mlflow-clients');
const install_ms = 900_000;

/** Why there is no client here, or null. In CI there must be one, so nothing is skipped there. */
export function lacking(): string | null {
  const found = spawnSync('python3', ['-c', 'import venv, sys; assert sys.version_info >= (3, 10)'], { stdio: 'ignore' }).status === 0;
  return found || process.env['CI'] ? null : 'the official MLflow client needs Python 3.10 or newer';
}

/** A virtual environment with one release, installed once for this checkout. */
export function environmentOf(release: Release): string {
  const folder = join(kept, release);
  if (existsSync(folder)) return folder;
  // Two files of tests may install at once: whoever is ready first wins.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(kept, { recursive: true });
  const packages = [`mlflow==${release}`, ...(release === releases[0] ? besideNewest : beside)];
  for (const [program, words] of [
    ['python3', ['-m', 'venv', draft]],
    [join(draft, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]],
  ] as const) {
    const done = spawnSync(program, words, { encoding: 'utf8', timeout: install_ms });
    if (done.status !== 0) throw new Error(`${program} ${words.join(' ')} failed:\n${done.stdout}\n${done.stderr}`);
  }
  if (existsSync(folder)) rmSync(draft, { recursive: true, force: true });
  else renameSync(draft, folder);
  return folder;
}

/** Runs a script beside this file as its user does: with the address and the token of the server, and nothing else. */
export async function runScript(t: Scope, server: Server, release: Release, script: string): Promise<Ended> {
  const python = join(environmentOf(release), 'bin/python');
  const path = fileURLToPath(new URL(script, import.meta.url));
  const variables = {
    MLFLOW_TRACKING_URI: server.address,
    MLFLOW_TRACKING_TOKEN: server.admin.token,
    // A refusal is to be seen at once; and no client tells anybody outside that it ran.
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  return launch(t, server.data, ['-W', 'ignore', path], { variables, program: python }).ended;
}
