import type { BenchRow, Figures, Scale } from '../row.ts';
import { closedLoop, connect } from './client.ts';
import { historyKey, historyRun, seedHistory } from './seed.ts';
import { type Running, sideBySide } from './subjects.ts';

const charted = 320;

async function measure(running: Running, points: number, for_ms: number): Promise<Figures> {
  const client = connect(running, 1);
  const load = { clients: 1, for_ms, least: 2 };
  const ask = async (path: string, wanted: number): Promise<void> => {
    const { metrics = [] } = (await client.get(path)) as { metrics?: unknown[] };
    if (metrics.length < wanted) throw new Error(`${path} answers ${metrics.length} points, and ${wanted} were expected`);
  };
  const whole = `/api/2.0/mlflow/metrics/get-history?run_id=${historyRun}&metric_key=${historyKey}`;
  const chart = `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=${historyRun}&metric_key=${historyKey}&max_results=${charted}`;
  try {
    return {
      ...(await closedLoop(running, load, 'history', () => ask(whole, points))),
      ...(await closedLoop(running, load, 'chart', () => ask(chart, charted))),
    };
  } finally {
    client.close();
  }
}

export const row = (scale: Scale): BenchRow => {
  const [points, for_ms] = scale.short ? [20_000, 1000] : [100_000, 2000];
  return sideBySide(scale, {
    name: 'mlflow-history',
    what: `one key of one run with ${points} points (rows put straight into the file of the stopped server): \`history\` metrics/get-history, all of it in one answer; \`chart\` get-history-bulk-interval, ${charted} points of it; one client, closed loops of ${for_ms / 1000} s, at least 2 calls`,
    runs: 3,
    seed: (subject) => seedHistory(subject, points),
    measure: (running) => measure(running, points, for_ms),
  });
};
