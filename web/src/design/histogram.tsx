import styles from './histogram.module.css';

export interface HistogramProps {
  /** What is shown, with its ends. */
  readonly label: string;
  /** One more than counts, ascending. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly write: (value: number) => string;
  /** What one bar says when the pointer rests on it. */
  readonly sayBar: (from: string, to: string, amount: number) => string;
  /** Drawn as an upright line. */
  readonly median?: number | null;
  readonly color?: 'c1' | 'c2' | 'c7';
}

const width = 320;
const height = 72;

/** How values are spread: bars as wide as what they count, the ends written below. */
export function Histogram({ label, edges, counts, write, sayBar, median, color = 'c1' }: HistogramProps) {
  const [least = 0, most = 0] = [edges[0], edges.at(-1)];
  const x = (value: number) => (most === least ? width / 2 : ((value - least) / (most - least)) * width);
  const tallest = Math.max(...counts, 1);
  return (
    <figure className={styles['histogram']}>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
        {counts.map((amount, index) => {
          const [from = least, to = most] = [edges[index], edges[index + 1]];
          const tall = amount === 0 ? 0 : Math.max(1.5, (amount / tallest) * (height - 2));
          const wide = most === least ? width / 8 : Math.max(1, x(to) - x(from) - 1.5);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the row
              key={index}
              x={most === least ? (width - wide) / 2 : x(from)}
              y={height - tall}
              width={wide}
              height={tall}
              fill={`var(--s-${color})`}
            >
              <title>{sayBar(write(from), write(to), amount)}</title>
            </rect>
          );
        })}
        {median !== null && median !== undefined && <line x1={x(median)} x2={x(median)} y1={0} y2={height} className={styles['median']} />}
      </svg>
      <figcaption className="muted number">
        <span>{write(least)}</span>
        {most !== least && <span>{write(most)}</span>}
      </figcaption>
    </figure>
  );
}
