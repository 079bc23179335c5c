import type { BenchRow, Figures, Scale } from '../row.ts';
import { closedLoop, connect } from './client.ts';
import { modelOf, seedModels, teams } from './seed.ts';
import { type Running, sideBySide } from './subjects.ts';

const api = '/api/2.0/mlflow';

async function fill(running: Running, models: number): Promise<void> {
  if (running.subject.name === 'mlflow') return;
  const client = connect(running, 8);
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < models) await client.post(`${api}/registered-models/create`, modelOf(next++));
  };
  await Promise.all(Array.from({ length: 8 }, one));
  client.close();
}

async function measure(running: Running, models: number, for_ms: number): Promise<Figures> {
  const client = connect(running, 1);
  const load = { clients: 1, for_ms, least: 5 };
  try {
    const { run } = await client.post(`${api}/runs/create`, { experiment_id: '0', start_time: Date.now() });
    const { run_id } = (run as { info: { run_id: string } }).info;
    const file = Buffer.from('flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n');
    await client.put(`/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`, file, file.length);
    const source = `mlflow-artifacts:/0/${run_id}/artifacts/model`;
    return {
      ...(await closedLoop(running, load, 'create_version', async (at) => {
        await client.post(`${api}/model-versions/create`, { name: modelOf(at % models).name, source, run_id });
      })),
      ...(await closedLoop(running, load, 'search_by_tag', async (at) => {
        const filter = encodeURIComponent(`tags.team = 'team-${at % teams}'`);
        const { registered_models = [] } = await client.get(`${api}/registered-models/search?max_results=100&filter=${filter}`);
        const found = (registered_models as unknown[]).length;
        if (found !== Math.min(100, models / teams)) throw new Error(`${found} models of a team were found`);
      })),
    };
  } finally {
    client.close();
  }
}

export const row = (scale: Scale): BenchRow => {
  const [models, for_ms] = scale.short ? [1000, 1500] : [5000, 4000];
  return sideBySide(scale, {
    name: 'mlflow-registry',
    what: `among ${models} registered models with one tag of ${teams} values (the peer's put straight into the file of the stopped server, ours made by the API): \`create_version\` model-versions/create of a folder with one MLmodel file in the proxied artifacts of a run; \`search_by_tag\` registered-models/search, ${models / teams} models pass; one client, closed loops of ${for_ms / 1000} s, at least 5 calls`,
    runs: 3,
    seed: (subject) => seedModels(subject, models),
    fill: (running) => fill(running, models),
    measure: (running) => measure(running, models, for_ms),
  });
};
