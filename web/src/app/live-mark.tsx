import { useContext, useEffect, useState } from 'react';
import { useHeardAt } from '../client/news.ts';
import { age, moment } from '../design/numbers.ts';
import { TimeContext } from '../design/time.tsx';
import { words } from '../words/index.ts';
import styles from './shell.module.css';

/** The server sends a heartbeat every five seconds, so twice that without news is trouble. */
const silence_ms = 10_000;

/** Whether what the page shows is what the server knows. */
export function LiveMark() {
  const heardAt_ms = useHeardAt();
  const { zone } = useContext(TimeContext);
  const [now_ms, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (heardAt_ms === undefined) return <span className={styles['waiting']}>{words.shell.connecting}</span>;
  const silent_ms = Math.max(0, now_ms - heardAt_ms);
  if (silent_ms > silence_ms) {
    const clock = moment(heardAt_ms, zone, now_ms).slice(-5);
    return (
      <span className={styles['notLive']} role="status">
        {words.shell.notLive(clock)}
      </span>
    );
  }
  return <span className={styles['live']}>{words.shell.live(age(silent_ms))}</span>;
}
