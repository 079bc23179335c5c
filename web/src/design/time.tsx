import { createContext, useContext, useEffect, useState } from 'react';
import { age, day, exactMoment, moment } from './numbers.ts';

/** The zone that times are shown in, and the present of the project: the wall's, or that of its data. */
export interface TimeBase {
  readonly zone: string;
  readonly now_ms: () => number;
}

export const TimeContext = createContext<TimeBase>({ zone: 'UTC', now_ms: Date.now });

const missing = '–';

/** An absolute time; the exact one with its offset on hover. */
export function Moment({ at_ms, only }: { readonly at_ms: number | null | undefined; readonly only?: 'day' }) {
  const { zone, now_ms } = useContext(TimeContext);
  if (at_ms === null || at_ms === undefined) return <span className="muted">{missing}</span>;
  return (
    <time className="number" dateTime={new Date(at_ms).toISOString()} title={exactMoment(at_ms, zone)}>
      {(only === 'day' ? day : moment)(at_ms, zone, now_ms())}
    </time>
  );
}

/** How long ago by the wall clock; counts on by itself. For things that people did, not for times of the data. */
export function Age({ since_ms }: { readonly since_ms: number }) {
  const { zone } = useContext(TimeContext);
  const [now_ms, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className="number" dateTime={new Date(since_ms).toISOString()} title={exactMoment(since_ms, zone)}>
      {age(now_ms - since_ms)}
    </time>
  );
}
