import { Skeleton } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { words } from '../words/index.ts';
import styles from './graph.module.css';
import { fold, knownEdges } from './graph-fold.ts';
import type { GraphNode, GraphProps } from './graph-props.ts';
import { count } from './numbers.ts';

const Canvas = lazy(() => import('./graph-canvas.tsx'));

/** More boxes than this nobody reads; the list has them all. */
const most = 300;

/**
 * What leads to what, from left to right. The picture is for who sees and points; the list beside it holds the same for ears and
 * keyboards (it appears when the keyboard reaches it), and stands in its place where there is no room.
 */
export function Graph({ label, nodes, edges, maxHeight = 420 }: GraphProps) {
  const drawn = useMemo(() => fold(nodes, edges, ({ icon }) => icon.displayName ?? '', most), [nodes, edges]);
  const folded = nodes.length > most;
  return (
    <figure className={styles['graph']}>
      {folded && <p className={`muted small ${styles['folded']}`}>{words.graph.folded(count(nodes.length), count(drawn.folds.length))}</p>}
      <div className={styles['picture']}>
        <Suspense fallback={<Skeleton height={120} />}>
          <Canvas {...drawn} maxHeight={maxHeight} />
        </Suspense>
      </div>
      <Twin label={label} nodes={nodes} edges={edges} />
    </figure>
  );
}

function Twin({ label, nodes, edges }: GraphProps) {
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  const next = Map.groupBy(knownEdges(nodes, edges), ({ from }) => from);
  return (
    <ol className={styles['twin']} aria-label={label}>
      {nodes.map((node) => {
        const leads = (next.get(node.id) ?? []).map(({ to }) => titles.get(to) ?? to);
        return (
          <li key={node.id}>
            <Thing node={node} /> <bdi className="second">{node.line}</bdi>
            {leads.length > 0 && <span className="muted name"> {words.graph.leadsTo(leads)}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function Thing({ node: { title, href } }: { readonly node: GraphNode }) {
  const { project = '' }: { readonly project?: string } = useParams({ strict: false });
  if (href === undefined) return <bdi className="name">{title}</bdi>;
  return (
    <Link to={`/p/$project${href}` as '/p/$project'} params={{ project }} className="name">
      {title}
    </Link>
  );
}
