import type { Server } from '../journeys/a-server.fixture.ts';
import type { Ask } from './ask.fixture.ts';
import type { Tracked } from './mlflow-world.fixture.ts';
import type { Peopled } from './world.fixture.ts';

/** What everybody reads of a project, but for what tells the time. */
export async function readAll(ask: Ask, server: Server, { project, tracked }: Peopled): Promise<string[]> {
  const at = `/api/v1/projects/${project}`;
  const reads = [
    '/datasets',
    '/datasets/rows/versions/1',
    '/datasets/rows/versions/1/preview',
    '/datasets/rows/versions/1/file?path=rows.csv',
    '/runs',
    '/runs/find',
    '/experiments',
    '/models',
    '/models/wear/versions',
    '/models/trained/versions/1',
    '/gates',
    '/verdicts',
    '/approvals',
    '/deployments',
    `/deployments/${project}-wear/served`,
    '/monitors',
    '/incidents',
    '/pipelines',
    '/executions',
    '/receivers',
    '/reports/summary',
  ];
  const authorization = `Bearer ${server.admin.token}`;
  const answers: string[] = [];
  for (const path of reads) {
    const { status, text } = await ask({ method: 'GET', path: `${at}${path}`, headers: { authorization } });
    answers.push(`${path}: ${status} ${text}`);
  }
  for (const [path, body] of mlflowReads(tracked)) {
    const headers = { authorization, 'x-mlflow-workspace': project, 'content-type': 'application/json' };
    const { status, text } = await ask({ method: body ? 'POST' : 'GET', path, headers, ...(body && { body: JSON.stringify(body) }) });
    answers.push(`${path}: ${status} ${text}`);
  }
  return answers;
}

function mlflowReads({ experiments: { own }, run, models, traces }: Tracked): [path: string, body?: object][] {
  const at = '/api/2.0/mlflow';
  const place = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: own } };
  return [
    [`${at}/experiments/search?view_type=ALL&max_results=1000`],
    [`${at}/runs/search`, { experiment_ids: [own], run_view_type: 'ALL' }],
    [`${at}/metrics/get-history?run_id=${run}&metric_key=loss`],
    [`/get-artifact?run_id=${run}&path=notes.txt`],
    [`${at}/logged-models/search`, { experiment_ids: [own] }],
    [`${at}/logged-models/${models.own}/artifacts/directories`],
    [`${at}/registered-models/search`],
    [`${at}/model-versions/search`],
    ['/api/3.0/mlflow/traces/search', { locations: [place] }],
    [`/api/3.0/mlflow/traces/get?trace_id=${traces.own}`],
  ];
}
