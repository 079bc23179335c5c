import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Registry } from 'prom-client';
import { createTallies } from './tallies.ts';

export interface EventLoopDelay {
  readonly p99_ms: number;
  readonly max_ms: number;
}

export interface Metrics {
  /** Rooms add their own; label values are from fixed sets, never texts of users. */
  readonly registry: Registry;
  observe(route: string, method: string, status: number, duration_s: number): void;
  /** How long timers were late since the last `resetEventLoopDelay`: how long the thread was held. */
  eventLoopDelay(): EventLoopDelay;
  resetEventLoopDelay(): void;
  close(): void;
}

/** The histogram samples with a timer of this period; a finer one costs more than 1% of an idle core. */
const resolution_ms = 20;

export function createMetrics(): Metrics {
  const registry = new Registry();
  const delay = monitorEventLoopDelay({ resolution: resolution_ms });
  delay.enable();
  const late_ms = (spent_ns: number): number => Math.max(0, spent_ns / 1e6 - resolution_ms);
  const eventLoopDelay = (): EventLoopDelay => ({ p99_ms: late_ms(delay.percentile(99)), max_ms: late_ms(delay.max) });

  gauge(registry, 'event_loop_delay_p99_seconds', 'Delay of the event loop, 99th percentile.', () => eventLoopDelay().p99_ms / 1000);
  gauge(registry, 'event_loop_delay_max_seconds', 'Delay of the event loop, longest.', () => eventLoopDelay().max_ms / 1000);
  gauge(registry, 'process_resident_memory_bytes', 'Resident memory of the server process.', () => process.memoryUsage.rss());
  gauge(registry, 'process_heap_used_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed);
  gauge(registry, 'process_cpu_seconds', 'CPU time of the server process since it started.', cpu_s);
  return {
    registry,
    observe: createTallies(registry),
    eventLoopDelay,
    resetEventLoopDelay: () => delay.reset(),
    close: () => void delay.disable(),
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function cpu_s(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
