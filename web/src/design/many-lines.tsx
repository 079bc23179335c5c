import { Skeleton } from '@mantine/core';
import { Fragment, lazy, Suspense, useMemo, useState } from 'react';
import styles from './many-lines.module.css';
import type { Hit, ManyLinesProps } from './many-lines-props.ts';

const Canvas = lazy(() => import('./many-lines-canvas.tsx'));

/**
 * Hundreds of curves over each other, the darker the more; those that were chosen stand out, and the nearest to the pointer is named.
 * Drag to zoom, double click to go back. To who does not see it the label says it; the table of what is drawn stands beside it.
 */
export function ManyLines(props: ManyLinesProps) {
  const { label, lines, strong, hint, read, height = 190 } = props;
  const [hit, setHit] = useState<Hit | null>(null);
  const color = hit && strong.get(hit.line.key);
  const chosen = useMemo(() => lines.filter(({ key }) => strong.has(key)), [lines, strong]);
  return (
    <figure className={styles['figure']}>
      <p className={styles['read']} aria-hidden="true">
        {hit ? (
          <>
            <i style={{ background: color ? `var(--s-${color})` : 'var(--s-text)' }} />
            <b className="name">{hit.line.name}</b>
            <span className="number">{read(hit)}</span>
          </>
        ) : chosen.length > 0 ? (
          chosen.map(({ key, name }, at) => (
            <Fragment key={key}>
              <svg width={18} height={8} aria-hidden="true">
                <line
                  x1={0}
                  x2={18}
                  y1={4}
                  y2={4}
                  stroke={`var(--s-${strong.get(key)})`}
                  strokeWidth={2}
                  strokeDasharray={at % 2 === 1 ? '5 3' : undefined}
                />
              </svg>
              <span className="name">{name}</span>
            </Fragment>
          ))
        ) : (
          hint
        )}
      </p>
      <div role="img" aria-label={label} style={{ height }}>
        <Suspense fallback={<Skeleton height={height} />}>
          <Canvas {...props} height={height} hit={hit} onHit={setHit} />
        </Suspense>
      </div>
    </figure>
  );
}
