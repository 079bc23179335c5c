import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useContext, useEffect, useMemo, useRef } from 'react';
import { words } from '../words/index.ts';
import { piecesOf, spansOf } from './ansi.ts';
import styles from './log.module.css';
import type { LogProps } from './log-props.ts';
import type { LogLine } from './log-text.ts';
import { count } from './numbers.ts';
import { TimeContext } from './time.tsx';

/** Nothing to point at is smaller (WCAG 2.5.8). */
const line_px = 24;
/** A line that is longer says so: browsers stop at lines of megabytes. */
const shown_chars = 4000;
const up = new Set(['ArrowUp', 'PageUp', 'Home']);

export function LogLines({
  label,
  lines,
  live,
  view,
  onView,
}: Pick<LogProps, 'lines' | 'live' | 'view' | 'onView'> & { readonly label: string }) {
  const levels = useMemo(() => lines.some(({ kind }) => kind !== 'plain'), [lines]);
  const frame = useRef<HTMLElement>(null);
  const { zone } = useContext(TimeContext);
  const clock = useMemo(() => clockOf(zone), [zone]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => line_px,
    overscan: 12,
  });
  useEffect(() => {
    const { current } = frame;
    if (view.follow && lines.length > 0) current?.scrollTo({ top: current.scrollHeight });
  }, [view.follow, lines.length]);
  const reached = view.line > 0 && view.line <= lines.length ? view.line : 0;
  useEffect(() => {
    const { current } = frame;
    if (current && reached > 0) current.scrollTo({ top: (reached - 0.5) * line_px - current.clientHeight / 2 });
  }, [reached]);
  const stay = () => view.follow && onView({ follow: false }, { replace: true });
  return (
    <section
      ref={frame}
      className={styles['frame']}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls with its arrows
      tabIndex={0}
      onWheel={({ deltaY }) => deltaY < 0 && stay()}
      onKeyDown={({ key }) => up.has(key) && stay()}
    >
      <div className={styles['lines']} style={{ height: virtual.getTotalSize() + (live ? line_px : 0) }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          return (
            line && (
              <div key={index} className={styles['place']} style={{ transform: `translateY(${start}px)` }}>
                <Line
                  line={line}
                  number={index + 1}
                  find={view.find}
                  chosen={index + 1 === view.line}
                  clock={clock}
                  levels={levels}
                  onView={onView}
                />
              </div>
            )
          );
        })}
        {live && <span className={styles['cursor']} style={{ transform: `translateY(${virtual.getTotalSize()}px)` }} />}
      </div>
    </section>
  );
}

interface LineProps {
  readonly line: LogLine;
  readonly number: number;
  readonly find: string;
  readonly chosen: boolean;
  readonly clock: (at_ms: number) => string;
  readonly onView: LogProps['onView'];
  /** Some line of the log is a problem, so that all keep the place for the word. */
  readonly levels: boolean;
}

const Line = memo(function Line({ line: { at_ms, raw, text, kind }, number, find, chosen, clock, onView, levels }: LineProps) {
  const left = text.length - shown_chars;
  return (
    <div className={`${styles['line']} ${styles[kind]} ${chosen ? styles['chosen'] : ''}`} aria-current={chosen ? 'location' : undefined}>
      <button
        type="button"
        className={styles['at']}
        title={words.log.line(count(number))}
        aria-label={at_ms === null ? words.log.line(count(number)) : `${clock(at_ms)} ${words.log.line(count(number))}`}
        onClick={() => onView({ line: chosen ? 0 : number, follow: false })}
      >
        {at_ms === null ? count(number) : clock(at_ms)}
      </button>
      {levels && <span className={styles['level']}>{words.log.levels[kind]}</span>}
      <bdi className={styles['text']}>
        {piecesOf(spansOf(left > 0 ? raw.slice(0, shown_chars) : raw), find).map(({ text: piece, ink, bold, found }, index) => {
          const name = `${ink ? styles[ink] : ''} ${bold ? styles['bold'] : ''}`;
          const key = index;
          return found ? (
            <mark key={key} className={styles['found']}>
              {piece}
            </mark>
          ) : (
            <span key={key} className={name}>
              {piece}
            </span>
          );
        })}
        {left > 0 && <span className="muted">{words.log.cut(count(left))}</span>}
      </bdi>
    </div>
  );
});

function clockOf(zone: string): (at_ms: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone: zone,
  });
  return (at_ms) => format.format(at_ms);
}
