import { useState } from 'react';
import { Columns } from '../card.tsx';
import { Log } from '../log.tsx';
import type { LogView } from '../log-props.ts';
import { LogText } from '../log-text.ts';
import { range } from './made.ts';

const esc = String.fromCharCode(27);

function made(): LogText {
  const log = new LogText();
  for (const line of range(5000)) {
    const at = new Date(Date.UTC(2026, 10, 21, 14, 22, 0, line * 130)).toISOString();
    const text =
      line % 1500 === 1400
        ? `${esc}[31mError: cannot read departures.csv${esc}[0m`
        : line % 400 === 300
          ? `${esc}[33mwarning:${esc}[0m 12 rows have no target`
          : `slice origin=JFK rows ${line} <b>auc</b> 0.7312`;
    log.append(`${at} ${text}\n`);
  }
  log.end();
  return log;
}

const log = made();
const noLines = new LogText().lines;
const first: LogView = { find: '', line: 0, follow: false };

/** A log with problems and colours of terminals, and one without a line. */
export function AllLogs() {
  const [view, setView] = useState(first);
  const onView = (change: Partial<LogView>) => setView((before) => ({ ...before, ...change }));
  return (
    <Columns widths="2fr 1fr">
      <Log title="evaluate" note="attempt 2" lines={log.lines} live={false} view={view} onView={onView} empty="" fileName="evaluate.log" />
      <Log title="register" lines={noLines} live={false} view={first} onView={onView} empty="It printed nothing." fileName="register.log" />
    </Columns>
  );
}
