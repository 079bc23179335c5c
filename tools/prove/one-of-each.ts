import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './crash-api.ts';
import { addData, isDone, logBatch, moveAlias, startRun, tellTruth, upload } from './crash-clients.ts';
import type { Ledger } from './crash-ledger.ts';
import { trackModel, trackRun } from './crash-mlflow.ts';

const operationLimit_ms = 30_000;

/** One of each kind of write, one after the other, so that the n-th call below them is nearly the same each time. */
export async function oneOfEach(api: Api, ledger: Ledger, n: number): Promise<void> {
  const run = await startRun(api);
  if (run !== null) {
    const known = { acknowledged: new Set<number>(), attempted: 0 };
    ledger.runs.set(run, known);
    await logBatch(api, run, known);
    // Names decide about sizes: some of these are packed, some are files of their own.
    for (const file of ['a.bin', 'b.bin', 'c.bin']) await upload(api, ledger, run, file);
  }
  await moveAlias(api, ledger, 1);
  await tellTruth(api, ledger, `${ledger.seed}-${n}`);
  await trackRun(api, ledger, 1);
  await trackModel(api, ledger);
}

/** What takes longer: a version of a data set, a sweep, a backup. */
export async function upkeepOfEach(api: Api, ledger: Ledger, n: number): Promise<void> {
  await addData(api, ledger, n);
  await operation(api, 'gc', { apply: true });
  await operation(api, 'backup', {});
}

/** Waits for its end, good or bad: a failed one says so. */
async function operation(api: Api, kind: string, body: object): Promise<void> {
  const started = await api.send<{ id: string }>('POST', `/operations/${kind}`, body);
  if (!isDone(started)) return;
  const until = performance.now() + operationLimit_ms;
  while (performance.now() < until) {
    const answer = await api.get<{ state: string }>(`/operations/${started.body.id}`).catch(() => null);
    if (answer === null || answer.status !== 200 || answer.body.state === 'done' || answer.body.state === 'failed') return;
    await sleep(20);
  }
}
