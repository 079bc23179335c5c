import type { Definition } from './monitors-api.ts';

const day_ms = 86_400_000;

export const ranges = { '14d': 14 * day_ms, '8w': 56 * day_ms, '1y': 366 * day_ms, all: Number.POSITIVE_INFINITY } as const;
export type RangeName = keyof typeof ranges;

/** Some tens of windows at first: a year of weekly ones, two weeks of hourly ones. */
export function usualRange({ every_ms }: Definition): RangeName {
  if (every_ms >= 5 * day_ms) return '1y';
  return every_ms >= day_ms ? '8w' : '14d';
}

export function rangeOf(name: string, definition: Definition): RangeName {
  return name in ranges ? (name as RangeName) : usualRange(definition);
}

/** To the hour, so that the question stays the same while nothing changes. */
export function startOf(range: RangeName, now_ms: number): number {
  return Math.max(0, Math.floor(now_ms / 3_600_000) * 3_600_000 - ranges[range]);
}
