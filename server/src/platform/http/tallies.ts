import { Counter, type Registry } from 'prom-client';

const bounds_s = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];
const durations = {
  name: 'slipway_http_request_seconds',
  help: 'From the first byte of the request to the last of the answer.',
  type: 'histogram',
  aggregator: 'sum',
};

interface Tally {
  /** Answers by method and hundred of the status. */
  readonly answers: Map<string, number[]>;
  /** Below each bound, and above all. */
  readonly below: number[];
  sum_s: number;
}

/** Counts requests in plain numbers, which become metrics when somebody asks: labels looked up for each request cost more than its routing. */
export function createTallies(registry: Registry): (route: string, method: string, status: number, duration_s: number) => void {
  const tallies = new Map<string, Tally>();
  new Counter({
    name: 'slipway_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['route', 'method', 'status'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [route, { answers }] of tallies) {
        for (const [method, counts] of answers)
          for (const [hundred, count] of counts.entries()) if (count > 0) this.inc({ route, method, status: `${hundred}xx` }, count);
      }
    },
  });
  const histogram = {
    ...durations,
    get: () => Promise.resolve({ ...durations, values: [...tallies].flatMap(([route, tally]) => valuesOf(route, tally)) }),
    reset: () => tallies.clear(),
  };
  registry.registerMetric(histogram as unknown as Parameters<Registry['registerMetric']>[0]);

  return (route, method, status, duration_s) => {
    const tally = tallies.get(route) ?? { answers: new Map<string, number[]>(), below: bounds_s.map(() => 0), sum_s: 0 };
    tallies.set(route, tally);
    const counts = tally.answers.get(method) ?? [0, 0, 0, 0, 0, 0];
    tally.answers.set(method, counts);
    const hundred = Math.floor(status / 100);
    counts[hundred] = (counts[hundred] ?? 0) + 1;
    let at = 0;
    while (at < bounds_s.length && duration_s > (bounds_s[at] ?? 0)) at++;
    tally.below[at] = (tally.below[at] ?? 0) + 1;
    tally.sum_s += duration_s;
  };
}

function valuesOf(route: string, { below, sum_s }: Tally): { labels: object; value: number; metricName: string }[] {
  let count = 0;
  const buckets = [...bounds_s, '+Inf'].map((le, at) => {
    count += below[at] ?? 0;
    return { labels: { le, route }, value: count, metricName: `${durations.name}_bucket` };
  });
  return [
    ...buckets,
    { labels: { route }, value: sum_s, metricName: `${durations.name}_sum` },
    { labels: { route }, value: count, metricName: `${durations.name}_count` },
  ];
}
