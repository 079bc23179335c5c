import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './crash-api.ts';
import { artifactBytes, type Finding, type KnownRun, type Ledger, metricKeys, newLedger } from './crash-ledger.ts';
import { plantTracked, trackedIsThere } from './crash-mlflow.ts';

const project = '/projects/default';
const executionLimit_ms = 60_000;

/** Looks for everything acknowledged; of runs and artifacts only for those that `chosen` keeps, since they are many. */
export async function check(api: Api, ledger: Ledger, chosen: () => boolean): Promise<Finding> {
  const finding = await writtenIsThere(api, ledger, chosen);
  await checkPointers(api, ledger, finding);
  return finding;
}

/** The same without what moves: aliases and champions are later there than they were then. */
export async function writtenIsThere(api: Api, ledger: Ledger, chosen: () => boolean): Promise<Finding> {
  const finding: Finding = { lost: [], half: [], checked: 0 };
  for (const [id, run] of ledger.runs) if (chosen()) await checkRun(api, id, run, finding);
  for (const [name, acknowledged] of ledger.artifacts) if (chosen()) await checkArtifact(api, ledger.seed, name, acknowledged, finding);
  await checkVersions(api, ledger, finding);
  await trackedIsThere(api, ledger, finding, chosen);
  for (const id of ledger.executions) {
    if (!chosen()) continue;
    finding.checked++;
    const { status, body } = await api.get<Shown>(`${project}/executions/${id}`);
    if (status !== 200) finding.lost.push(`execution ${id}: ${status}`);
    else if (body.execution.state === 'failed') finding.lost.push(`execution ${id} failed: ${body.execution.error}`);
  }
  return finding;
}

interface Shown {
  readonly execution: { readonly state: string; readonly error: string | null };
}

type Doctor =
  | { readonly state: 'waiting' | 'running' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'done'; readonly result: { readonly checks: readonly { check: string; ok: boolean; found: string }[] } };

async function checkRun(api: Api, id: string, { acknowledged, attempted }: KnownRun, finding: Finding) {
  const { status, body } = await api.get<{ params: { key: string }[] }>(`${project}/runs/${id}`);
  if (status !== 200) return void finding.lost.push(`run ${id}: ${status}`);
  const params = new Set(body.params.map((param) => param.key));
  const histories = await Promise.all(
    metricKeys.map((key) => api.get<{ items: { step: number; value: number }[] }>(`${project}/runs/${id}/metrics?key=${key}&limit=10000`)),
  );
  const points = histories.map(({ body: page }) => new Map(page.items.map((one) => [one.step, one.value] as const)));
  for (let n = 1; n <= attempted; n++) {
    finding.checked++;
    const parts = [params.has(`p${n}`), ...points.map((values, index) => values.get(n) === n * 10 + index)];
    const there = parts.filter(Boolean).length;
    if (there > 0 && there < parts.length) finding.half.push(`run ${id}, batch ${n}: ${there} of ${parts.length} parts`);
    if (there === 0 && acknowledged.has(n)) finding.lost.push(`run ${id}, batch ${n}`);
  }
}

async function checkArtifact(api: Api, seed: number, name: string, acknowledged: boolean, finding: Finding) {
  finding.checked++;
  const [run, file] = name.split('/');
  const { status, bytes } = await api.getBytes(`${project}/runs/${run}/artifact?path=${file}`);
  if (status === 404 && !acknowledged) return;
  if (status !== 200) finding.lost.push(`artifact ${name}: ${status}`);
  else if (!bytes.equals(artifactBytes(seed, name))) finding.half.push(`artifact ${name}: ${bytes.byteLength} other bytes`);
}

async function checkVersions(api: Api, ledger: Ledger, finding: Finding) {
  const found = new Map<number, string>();
  let cursor = '';
  do {
    const { body } = await api.get<{ items: { number: number; digest: string }[]; next: string | null }>(
      `${project}/datasets/points/versions?limit=100${cursor}`,
    );
    for (const { number, digest } of body.items) found.set(number, digest);
    cursor = body.next === null ? '' : `&cursor=${body.next}`;
  } while (cursor !== '');
  for (const [number, digest] of ledger.versions) {
    finding.checked++;
    if (found.get(number) !== digest) finding.lost.push(`dataset version ${number}: ${found.get(number) ?? 'not there'}`);
  }
}

async function checkPointers(api: Api, { alias, champion }: Ledger, finding: Finding) {
  const [models, deployment] = await Promise.all([
    api.get<{ items: { name: string; aliases: Record<string, number> }[] }>(`${project}/models`),
    api.get<{ champion: number | null }>(`${project}/deployments/tiny`),
  ]);
  const aliases = new Map(Object.entries(models.body.items.find((model) => model.name === 'tiny')?.aliases ?? {}));
  const pointers = [
    ['alias candidate', alias, aliases.get('candidate') ?? null],
    ['champion', champion, deployment.body.champion],
  ] as const;
  for (const [what, pointer, found] of pointers) {
    finding.checked++;
    if (found !== pointer.acknowledged && found !== pointer.inFlight) {
      finding.lost.push(`${what}: ${found}, acknowledged ${pointer.acknowledged}, in flight ${pointer.inFlight}`);
    }
    // What is there now is what the next write is compared with.
    pointer.acknowledged = found;
    pointer.inFlight = null;
  }
  if ((aliases.get('champion') ?? null) !== deployment.body.champion) {
    finding.half.push(`the alias champion is ${aliases.get('champion')}, the deployment serves ${deployment.body.champion}`);
  }
}

/** How many lies the check must find; fewer, and it is blind. */
export const plantedLies = 7;

/** How many of them it finds: a batch, an artifact, a version and an alias that nobody ever acknowledged, and three of MLflow's. */
export async function liesFound(api: Api, ledger: Ledger): Promise<number> {
  const [first] = ledger.runs;
  if (!first) return 0;
  const [run, { attempted }] = first;
  const lies = newLedger(ledger.seed);
  lies.runs.set(run, { acknowledged: new Set([attempted + 1]), attempted: attempted + 1 });
  lies.artifacts.set(`${run}/never.bin`, true);
  lies.versions.set(999_999, 'none');
  lies.alias.acknowledged = 999_999;
  lies.champion.acknowledged = ledger.champion.acknowledged;
  plantTracked(ledger, lies);
  return (await check(api, lies, () => true)).lost.length;
}

/** Every execution that was started goes on to its end, whatever was killed. */
export async function executionsEnd(api: Api, ledger: Ledger): Promise<string[]> {
  const wrong: string[] = [];
  const until = performance.now() + executionLimit_ms;
  for (const id of ledger.executions) {
    let state = 'waiting';
    let error: string | null = null;
    while (state === 'waiting' || state === 'running') {
      ({ state, error } = (await api.get<Shown>(`${project}/executions/${id}`)).body.execution);
      if (performance.now() > until) break;
      if (state === 'waiting' || state === 'running') await sleep(50);
    }
    if (state !== 'succeeded') wrong.push(`execution ${id}: ${state} ${error ?? ''}`);
  }
  return wrong;
}

/** Telling another truth about a row says whether the first one was kept: it then counts as changed. */
export async function outcomesLost(api: Api, ledger: Ledger): Promise<number> {
  const all = [...ledger.outcomes];
  let lost = 0;
  for (let at = 0; at < all.length; at += 1000) {
    const part = all.slice(at, at + 1000);
    const outcomes = part.map(([id, value]) => ({ id, value: 1 - value }));
    const told = await api.send<{ changed: number }>('POST', '/deployments/tiny/outcomes', { outcomes });
    lost += part.length - (told?.body.changed ?? 0);
  }
  return lost;
}

/** What the server itself finds, hashing every file again. */
export async function doctorFinds(api: Api): Promise<string[]> {
  const started = await api.send<{ id: string }>('POST', '/operations/doctor', { deep: true });
  if (started?.status !== 202) return [`the doctor was not started: ${JSON.stringify(started)}`];
  const until = performance.now() + executionLimit_ms;
  while (performance.now() < until) {
    const { body } = await api.get<Doctor>(`/operations/${started.body.id}`);
    if (body.state === 'failed') return [`the doctor failed: ${body.error}`];
    if (body.state === 'done') {
      const bad = body.result.checks.filter((one) => !one.ok && one.check !== 'disk');
      return bad.map((one) => `${one.check}: ${one.found}`);
    }
    await sleep(50);
  }
  return ['the doctor did not end'];
}
