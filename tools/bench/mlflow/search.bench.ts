import type { BenchRow, Figures, Scale } from '../row.ts';
import { type Client, closedLoop, connect } from './client.ts';
import { seeded, seedRuns } from './seed.ts';
import { type Running, sideBySide } from './subjects.ts';

const page = 100;
const newestFirst = ['attributes.start_time DESC'];
const filtered = { filter: `metrics.\`metric-1\` > 0.5 and params.\`param-2\` = '7'`, order_by: newestFirst };
const byMetric = { order_by: ['metrics.`metric-0` ASC'] };

interface Answer {
  readonly runs?: readonly unknown[];
  readonly next_page_token?: string;
}

async function search(client: Client, asked: object): Promise<Answer> {
  return client.post('/api/2.0/mlflow/runs/search', { experiment_ids: ['0'], max_results: page, ...asked });
}

async function full(client: Client, asked: object): Promise<void> {
  const { runs = [] } = await search(client, asked);
  if (runs.length !== page) throw new Error(`a page of ${page} runs was asked for, and ${runs.length} came`);
}

/** The token of the last page: the peer's is an offset, so nobody has to walk there; ours tells the run before, so we walk. */
async function lastPage({ subject }: Running, client: Client, runs: number): Promise<string> {
  const offset = runs - page;
  if (subject.name === 'mlflow') return Buffer.from(JSON.stringify({ offset })).toString('base64');
  let token: string | undefined;
  for (let at = 0; at < offset; at += page)
    token = (await search(client, { order_by: newestFirst, page_token: token ?? '' })).next_page_token;
  return token ?? '';
}

async function measure(running: Running, runs: number, for_ms: number): Promise<Figures> {
  const client = connect(running, 1);
  const load = { clients: 1, for_ms, least: 3 };
  try {
    const page_token = await lastPage(running, client, runs);
    const loop = (name: string, asked: object) => closedLoop(running, load, name, () => full(client, asked));
    return {
      ...(await loop('filtered', filtered)),
      ...(await loop('newest', {})),
      ...(await loop('last_page', { order_by: newestFirst, page_token })),
      ...(await closedLoop(running, { ...load, least: 1 }, 'by_metric', () => full(client, byMetric))),
    };
  } finally {
    client.close();
  }
}

export const row = (scale: Scale): BenchRow => {
  const [runs, for_ms] = scale.short ? [3000, 1000] : [30_000, 2000];
  return sideBySide(scale, {
    name: 'mlflow-search',
    what: `runs/search in an experiment of ${runs} runs with ${seeded.metrics} metrics, ${seeded.params} params and ${seeded.tags} tags each (rows put straight into the file of the stopped server, the same for both), pages of ${page}, one client: \`filtered\` a metric above 0.5 and a param of ${seeded.depths} values, 5% of the runs pass, newest first; \`newest\` no filter; \`last_page\` the last ${page} of all runs, newest first; \`by_metric\` the first page in the order of a metric; closed loops of ${for_ms / 1000} s, at least 3 calls, of by_metric 1`,
    runs: scale.short ? 2 : 3,
    seed: (subject) => seedRuns(subject, runs),
    measure: (running) => measure(running, runs, for_ms),
  });
};
