import type { Client } from '@slipway/sdk';

/** A page with something real on it; `name` is what its picture is called. */
export interface PageAddress {
  readonly name: string;
  readonly path: string;
}

/** Every page of the demo's project. Ids come from the API: the newest of each kind, as it is there. */
export async function pageAddresses(client: Client, project: string): Promise<PageAddress[]> {
  const params = { project };
  const [{ items: executions }, { items: incidents }, { items: approvals }, { items: runs }, { items: experiments }, { items: models }] =
    await Promise.all([
      client.pipelines.executions({ params }),
      client.monitors.incidents({ params }),
      client.approvals.list({ params }),
      client.runs.list({ params }),
      client.runs.listExperiments({ params }),
      client.models.list({ params }),
    ]);
  const champion = models[0]?.aliases['champion'] ?? 1;
  const compared = runs
    .slice(0, 3)
    .map(({ id }) => id)
    .join(',');
  const pages: readonly (readonly [name: string, path: string])[] = [
    ['home', ''],
    ['datasets', '/datasets'],
    ['dataset', '/datasets/departures'],
    ['experiments', '/experiments'],
    ['experiment', `/experiments/${experiments[0]?.id}`],
    ['run', `/runs/${runs[0]?.id}`],
    ['compare', `/compare?runs=${encodeURIComponent(compared)}`],
    ['pipelines', '/pipelines'],
    ['pipeline', '/pipelines/train'],
    ['execution', `/executions/${executions[0]?.id}`],
    ['models', '/models'],
    ['model-version', `/models/delay/versions/${champion}`],
    ['deployments', '/deployments'],
    ['deployment', '/deployments/delay'],
    ['monitors', '/monitors'],
    ['monitor', '/monitors/delay'],
    ['incident', `/incidents/${incidents[0]?.id}`],
    ['questions', '/questions'],
    ['approval', `/questions/approvals/${approvals[0]?.id}`],
    ['report', '/reports'],
    ['audit', '/audit'],
    ['settings', '/settings'],
  ];
  return [{ name: 'projects', path: '/' }, ...pages.map(([name, path]) => ({ name, path: `/p/${project}${path}` }))];
}
