import styles from './pictures.module.css';

/** Small pictures as plain SVG: each says in words what it shows, for who does not see it. */

const width = 160;
const height = 32;

function scaleOf(values: readonly number[], floor?: number): (value: number) => number {
  const low = Math.min(...values, floor ?? Number.POSITIVE_INFINITY);
  const span = Math.max(...values) - low || 1;
  return (value) => height - 3 - ((value - low) / span) * (height - 6);
}

export interface SparkProps {
  readonly label: string;
  /** A missing value leaves a gap, never a line. */
  readonly values: readonly (number | null)[];
  readonly limit?: number;
  readonly color?: 'accent' | 'warn' | 'bad' | 'neutral';
}

/** A line without axes; `limit` is drawn dashed. */
export function Spark({ label, values, limit, color = 'accent' }: SparkProps) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <svg role="img" aria-label={label} className={styles['spark']} viewBox={`0 0 ${width} ${height}`} />;
  const y = scaleOf(limit === undefined ? known : [...known, limit]);
  const x = (index: number) => (values.length === 1 ? width / 2 : 3 + (index / (values.length - 1)) * (width - 8));
  const path = values
    .map((value, index) =>
      value === null ? '' : `${index === 0 || values[index - 1] === null ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('');
  const last = values.findLastIndex((value) => value !== null);
  return (
    <svg
      role="img"
      aria-label={label}
      className={`${styles['spark']} ${styles[color]}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      {limit !== undefined && <line x1={0} x2={width} y1={y(limit)} y2={y(limit)} className={styles['limit']} />}
      <path d={path} className={styles['line']} />
      {/* A line of no length with a round end stays round however wide the picture is drawn. */}
      <path d={`M${x(last).toFixed(1)} ${y(values[last] ?? 0).toFixed(1)}h0`} className={styles['end']} />
    </svg>
  );
}

export interface BarsProps {
  readonly label: string;
  readonly values: readonly number[];
  /** Which bars are meant; the others are lighter. Default: the last. */
  readonly strong?: (index: number) => boolean;
}

export function Bars({ label, values, strong = (index) => index === values.length - 1 }: BarsProps) {
  const most = Math.max(...values, 0) || 1;
  const step = width / Math.max(values.length, 1);
  return (
    <svg role="img" aria-label={label} className={styles['spark']} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
      {values.map((value, index) => {
        const tall = Math.max(value > 0 ? 1 : 0, (value / most) * height);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the row
            key={index}
            x={index * step + step * 0.08}
            y={height - tall}
            width={step * 0.84}
            height={tall}
            rx={Math.min(1.5, step * 0.2)}
            className={strong(index) ? styles['barStrong'] : styles['bar']}
          />
        );
      })}
    </svg>
  );
}

export interface StripProps {
  readonly label: string;
  readonly cells: readonly {
    readonly key: string;
    readonly kind: 'good' | 'warn' | 'bad' | 'human' | 'off' | 'none';
    readonly title: string;
  }[];
}

/** Small squares in a row: checks passed, weeks judged, budget used. `none` is hatched: nothing is known there. */
export function Strip({ label, cells }: StripProps) {
  return (
    <span role="img" aria-label={label} className={styles['strip']}>
      {cells.map(({ key, kind, title }) => (
        <i key={key} title={title} className={styles[`cell-${kind}`]} />
      ))}
    </span>
  );
}

export interface IntervalProps {
  readonly label: string;
  readonly low: number;
  readonly value: number;
  readonly high: number;
  /** The ends of the axis, the same for all that stand below each other. */
  readonly from: number;
  readonly to: number;
  readonly limit?: number;
  /** What it is seen against: the figure of all rows, of another run. */
  readonly reference?: number;
}

/** A value with its interval on a common axis. */
export function Interval({ label, low, value, high, from, to, limit, reference }: IntervalProps) {
  const x = (one: number) => Math.min(width, Math.max(0, ((one - from) / (to - from || 1)) * width));
  return (
    <svg role="img" aria-label={label} className={styles['interval']} viewBox={`0 0 ${width} 14`}>
      <line x1={0} x2={width} y1={7} y2={7} className={styles['track']} />
      {limit !== undefined && <line x1={x(limit)} x2={x(limit)} y1={0} y2={14} className={styles['limit']} />}
      {reference !== undefined && <line x1={x(reference)} x2={x(reference)} y1={0} y2={14} className={styles['reference']} />}
      <line x1={x(low)} x2={x(high)} y1={7} y2={7} stroke="currentColor" strokeWidth={1.6} />
      <circle cx={x(value)} cy={7} r={3.4} fill="currentColor" />
    </svg>
  );
}

export interface MeterProps {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  /** What is usual at this point, as a mark on the bar. */
  readonly usual?: number;
  readonly color?: 'accent' | 'good' | 'warn' | 'bad';
}

export function Meter({ label, share, usual, color = 'accent' }: MeterProps) {
  const part = (value: number) => `${Math.min(100, Math.max(0, value * 100))}%`;
  return (
    <span role="img" aria-label={label} className={styles['meter']}>
      <i className={styles[`fill-${color}`]} style={{ width: part(share) }} />
      {usual !== undefined && <b style={{ left: part(usual) }} />}
    </span>
  );
}

export interface TrafficProps {
  readonly label: string;
  readonly parts: readonly { readonly key: string; readonly name: string; readonly share: number; readonly newcomer: boolean }[];
}

/** Which version gets how much: the newcomer is hatched, so that colour does not stand alone. */
export function Traffic({ label, parts }: TrafficProps) {
  return (
    <span role="img" aria-label={label} className={styles['traffic']}>
      {parts
        .filter(({ share }) => share > 0)
        .map(({ key, name, share, newcomer }) => (
          <i key={key} className={newcomer ? styles['newcomer'] : styles['champion']} style={{ flexGrow: share }} title={name}>
            {name}
          </i>
        ))}
    </span>
  );
}
