import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Method, type Mlflow, openMlflow } from './mlflow.fixture.ts';

/** One exchange between the official client and `mlflow server`, as it was recorded. */
interface Exchange {
  readonly n: number;
  readonly request: {
    readonly method: Method;
    readonly path: string;
    readonly query: readonly (readonly [string, string])[];
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Body | null;
  };
  readonly response: { readonly status: number; readonly body: Body | null };
}

interface Body {
  readonly bytes: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
}

/** Values that another server, or another minute, gives otherwise. */
const volatile = new Set([
  ...['run_id', 'run_uuid', 'run_name', 'experiment_id', 'model_id', 'source_run_id', 'assessment_id', 'artifact_uri', 'artifact_location'],
  ...['creation_time', 'last_update_time', 'start_time', 'creation_timestamp', 'last_updated_timestamp', 'creation_timestamp_ms'],
  ...['last_updated_timestamp_ms', 'next_page_token', 'root_uri', 'source', 'timestamp', 'end_time', 'create_time', 'last_update_time'],
]);
/** Members that only we, or only they, fill; each is in the list of differences. */
const ours = new Set([
  'multipart_downloads_enabled',
  'multipart_uploads_enabled',
  'mlflow.traceName',
  'mlflow.artifactLocation',
  'mlflow.trace.spansLocation',
  'mlflow.trace.infoFinalized',
]);

const notOurs = new Set(['/', '/health', '/version']);
/** What else lay in the database of the recording shows in these. */
const ofWholeServer = new Set(['/api/2.0/mlflow/experiments/search']);
/** A read that found half of a batch there, which cannot be found here. */
const halfWritten: Readonly<Record<string, number>> = { autolog_sklearn: 25 };

class Replay {
  readonly #mlflow: Mlflow;
  /** Ids of the recording and what they are here. */
  readonly #ids = new Map<string, string>();
  readonly #experiments = new Map<string, string>();

  constructor(mlflow: Mlflow) {
    this.#mlflow = mlflow;
  }

  async step({ n, request, response }: Exchange): Promise<void> {
    const at = `step ${n}: ${request.method} ${request.path}`;
    if (notOurs.has(request.path)) return;
    const query = request.query
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(this.#own(value, name))}`)
      .join('&');
    const url = `${this.#ownPath(request.path)}${query === '' ? '' : `?${query}`}`;
    const type = request.headers['content-type'] ?? request.headers['Content-Type'];
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, this.#own(value, name)]));
    const answer = await this.#mlflow.call(request.method, url, this.#body(request.body), {
      ...headers,
      ...(type === undefined ? { 'content-type': '' } : {}),
    });
    assert.equal(answer.status, response.status, `${at}\n${answer.text.slice(0, 500)}`);
    if (ofWholeServer.has(request.path)) return;
    if (response.body?.json !== undefined && answer.body !== null) this.#compare(response.body.json, answer.body, at, '');
  }

  #body(body: Body | null): unknown {
    if (body === null || body.bytes === 0) return undefined;
    if (body.json !== undefined) return JSON.stringify(this.#ownJson(body.json, ''));
    if (body.text !== undefined) return this.#own(body.text, '');
    return body.base64 === undefined ? Buffer.alloc(body.bytes, 7) : Buffer.from(body.base64, 'base64');
  }

  #own(value: string, name: string): string {
    if (/experiment[-_]id/.test(name)) return this.#experiments.get(value) ?? value;
    if (name === 'path') return this.#ownPath(value);
    return [...this.#ids].reduce((text, [from, to]) => text.replaceAll(from, to), value);
  }

  #ownPath(path: string): string {
    const moved = path.replace(/(^|\/artifacts\/)(\d+)\/(?=[0-9a-f]{32}|models\/|traces\/)/, (all, before: string, id: string) =>
      all.replace(`${before}${id}/`, `${before}${this.#experiments.get(id) ?? id}/`),
    );
    return this.#own(moved, '');
  }

  #ownJson(value: unknown, name: string): unknown {
    if (typeof value === 'string') return this.#own(value, name);
    if (Array.isArray(value)) return value.map((one) => this.#ownJson(one, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#ownJson(one, key)]));
  }

  /** The same members, and the same values but for the volatile ones; ids are learned on the way. */
  #compare(theirs: unknown, own: unknown, at: string, key: string): void {
    if (typeof theirs === 'string' && typeof own === 'string') this.#learn(theirs, own, key);
    if (volatile.has(key)) {
      assert.equal(typeof own, typeof theirs, `${at}: ${key}`);
      return;
    }
    if (key === 'message') {
      assert.equal(typeof own, 'string');
      return;
    }
    if (Array.isArray(theirs) && Array.isArray(own)) {
      assert.equal(
        own.length,
        theirs.length,
        `${at}: ${key} has ${own.length} items, not ${theirs.length}: ${JSON.stringify(own).slice(0, 300)}`,
      );
      const sorted = (list: readonly unknown[]) => (key === 'tags' || key === 'metrics' || key === 'params' ? list.toSorted(byKey) : list);
      const mine = sorted(own);
      sorted(theirs).forEach((one, index) => {
        this.#compare(one, mine[index], at, `${key}[]`);
      });
      return;
    }
    if (typeof theirs === 'object' && theirs !== null && typeof own === 'object' && own !== null) {
      const members = (value: object) =>
        Object.keys(value)
          .filter((name) => !ours.has(name))
          .sort();
      assert.deepEqual(members(own), members(theirs), `${at}: ${key}`);
      for (const name of members(theirs)) this.#compare((theirs as Json)[name], (own as Json)[name], at, name);
      return;
    }
    if (typeof theirs === 'string' && (theirs !== own || key.endsWith('value'))) {
      // A text may hold ids, and the name of a run that nobody named is drawn.
      if (
        /^[a-z]+-[a-z]+-\d+$/.test(theirs) ||
        this.#own(theirs, key) === own ||
        /mlflow\.(modelVersions|loggedArtifacts)|\[\{/.test(theirs)
      )
        return;
    }
    assert.deepEqual(own, theirs, `${at}: ${key}`);
  }

  #learn(theirs: string, own: string, key: string): void {
    // Known ones stay: lists of models that were made together have no order of their own.
    if (theirs === own || this.#ids.has(theirs)) return;
    if (key === 'next_page_token') this.#ids.set(theirs, own);
    else if (key === 'experiment_id') this.#experiments.set(theirs, own);
    else if (/^(?:m-|a-|tr-)?[0-9a-f]{32}$/.test(theirs) && /^(?:m-|a-|tr-)?[0-9a-f]{32}$/.test(own)) this.#ids.set(theirs, own);
  }
}

type Json = Readonly<Record<string, unknown>>;
const byKey = (a: unknown, b: unknown): number => (String((a as Json)['key']) < String((b as Json)['key']) ? -1 : 1);

async function replay(t: TestContext, scenario: string): Promise<void> {
  const text = readFileSync(new URL(`recorded/${scenario}.jsonl`, import.meta.url), 'utf8');
  const steps = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
  const replaying = new Replay(await openMlflow(t));
  for (const one of steps) if (one.n !== halfWritten[scenario]) await replaying.step(one);
}

const scenarios = {
  async_logging: 'points that arrive at once and out of order',
  autolog_sklearn: 'autologging of scikit-learn with a grid search',
  delete_restore: 'runs and experiments to the bin and back',
  log_image: 'images',
  nested_runs: 'nested, resumed and renamed runs',
  prompts: 'prompts',
  registry: 'the registry',
  search: 'searches',
  sklearn_model: 'a model that is logged, registered, loaded by its alias',
  system_metrics: 'metrics of the system',
  tracing: 'traces',
  tracing_in_run: 'traces in a run',
  training: 'a plain training script',
  validation_errors: 'bad requests',
} as const;

for (const [scenario, what] of Object.entries(scenarios)) {
  test(`recorded exchanges are answered as MLflow answers them: ${what}`, (t) => replay(t, scenario));
}
