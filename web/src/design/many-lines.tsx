import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import styles from './many-lines.module.css';
import type { Hit, ManyLinesProps } from './many-lines-props.ts';

const Canvas = lazy(() => import('./many-lines-canvas.tsx'));

/**
 * Hundreds of curves over each other, the darker the more; those that were chosen stand out, and the nearest to the pointer is named.
 * Drag to zoom, double click to go back. To who does not see it the label says it; the table of what is drawn stands beside it.
 */
export function ManyLines(props: ManyLinesProps) {
  const { label, strong, hint, read, height = 190 } = props;
  const [hit, setHit] = useState<Hit | null>(null);
  const color = hit && strong.get(hit.line.key);
  return (
    <figure className={styles['figure']}>
      <p className={styles['read']} aria-hidden="true">
        {hit ? (
          <>
            <i style={{ background: color ? `var(--s-${color})` : 'var(--s-text)' }} />
            <b className="name">{hit.line.name}</b>
            <span className="number">{read(hit)}</span>
          </>
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
