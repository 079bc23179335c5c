import { useContext } from 'react';
import { moment } from './numbers.ts';
import { TimeContext } from './time.tsx';

/** Writes a time of the project inside a sentence. */
export type When = (at_ms: number) => string;

/** The present of the project, and how its times are written where an element does not fit. */
export function useWhen(): { readonly now_ms: number; readonly when: When; readonly zone: string } {
  const { zone, now_ms } = useContext(TimeContext);
  const now = now_ms();
  return { now_ms: now, zone, when: (at_ms) => moment(at_ms, zone, now) };
}
