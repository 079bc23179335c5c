import type { Client } from '@slipway/sdk';
import { SlipwayApiError } from '@slipway/sdk';
import { ended } from './launch.ts';
import { inProject, names } from './names.ts';
import type { Terminal } from './terminal.ts';

/** Repeats the newest training that made a version, on the same inputs without the cache; true when it gave the same model. One that was begun is followed. */
export async function rerunOne(client: Client): Promise<boolean> {
  const { items } = await client.pipelines.executions({ params: inProject, query: { pipeline: names.pipeline } });
  const trained = items.find(({ state, version, rerun_of }) => state === 'succeeded' && version !== null && rerun_of === null);
  if (!trained) return false;
  const begun = items.find(({ rerun_of }) => rerun_of === trained.id);
  const { id } = begun ?? (await client.pipelines.rerun({ params: { ...inProject, execution: trained.id } }));
  return (await ended(client, id)).verified === true;
}

/** Retires the newest version that was displaced and that nothing serves any more; null when there is none. */
export async function retireOne(client: Client, terminal: Terminal): Promise<number | null> {
  const params = { ...inProject, deployment: names.deployment };
  const [{ items }, { champion, previous }] = await Promise.all([
    client.deployments.rollouts({ params }),
    client.deployments.get({ params }),
  ]);
  const displaced = items.flatMap(({ state, displaced: version }) => (state === 'promoted' && version !== null ? [version] : []));
  // The one before the champion is what a rollback goes to, and the first is what the report compares with: both last.
  const last = (version: number): number => (version === previous ? 2 : version === 1 ? 1 : 0);
  const candidates = [...new Set(displaced)].filter((version) => version !== champion).sort((a, b) => last(a) - last(b) || b - a);
  for (const version of candidates) {
    try {
      await client.models.retireVersion({ params: { ...inProject, model: names.model, version } });
      return version;
    } catch (error) {
      if (!(error instanceof SlipwayApiError) || error.code !== 'version_in_use') throw error;
      terminal.tell({ date: null, kind: 'retired', tone: 'quiet', text: `version ${version} cannot be retired yet: ${error.message}` });
    }
  }
  return null;
}
