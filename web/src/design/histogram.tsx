import styles from './histogram.module.css';

export interface HistogramProps {
  /** What is shown, with its ends. */
  readonly label: string;
  /** One more than counts, ascending. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly write: (value: number) => string;
  /** The ends of the axis, where several stand below each other; else those of the values. */
  readonly axis?: readonly [from: number, to: number];
  /** What one bar says when the pointer rests on it. */
  readonly sayBar: (from: string, to: string, amount: number) => string;
  /** Drawn as an upright line. */
  readonly median?: number | null;
  readonly color?: 'c1' | 'c2' | 'c7';
}

const width = 320;
const height = 72;

/** How values are spread: bars as wide as what they count, the ends written below. */
export function Histogram({ label, edges, counts, write, axis, sayBar, median, color = 'c1' }: HistogramProps) {
  // The edges of whole numbers lie between them, so the ends are told apart from the edges.
  const [least = 0, most = 0] = axis ? widened(axis, edges) : [edges[0], edges.at(-1)];
  const [from, to] = axis ?? [least, most];
  const x = (value: number) => (most === least ? width / 2 : ((value - least) / (most - least)) * width);
  const tallest = Math.max(...counts, 1);
  return (
    <figure className={styles['histogram']}>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
        {counts.map((amount, index) => {
          const [low = least, high = most] = [edges[index], edges[index + 1]];
          const tall = amount === 0 ? 0 : Math.max(1.5, (amount / tallest) * (height - 2));
          const wide = most === least ? width / 8 : Math.max(1, x(high) - x(low) - 1.5);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the row
              key={index}
              x={most === least ? (width - wide) / 2 : x(low)}
              y={height - tall}
              width={wide}
              height={tall}
              fill={`var(--s-${color})`}
            >
              <title>{sayBar(write(low), write(high), amount)}</title>
            </rect>
          );
        })}
        {median !== null && median !== undefined && <line x1={x(median)} x2={x(median)} y1={0} y2={height} className={styles['median']} />}
      </svg>
      <figcaption className="muted number">
        <span>{write(from)}</span>
        {to !== from && <span>{write(to)}</span>}
      </figcaption>
    </figure>
  );
}

/** Far enough for the outermost bars, which reach beyond the least and the greatest value. */
function widened([from, to]: readonly [number, number], edges: readonly number[]): [number, number] {
  return [Math.min(from, edges[0] ?? from), Math.max(to, edges.at(-1) ?? to)];
}
