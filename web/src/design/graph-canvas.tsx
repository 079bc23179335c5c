import '@xyflow/react/dist/base.css';
import { graphlib, layout } from '@dagrejs/dagre';
import { ActionIcon } from '@mantine/core';
import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import {
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { words } from '../words/index.ts';
import styles from './graph.module.css';
import type { Fold, Folded } from './graph-fold.ts';
import { columnsOf, crossingsOf } from './graph-layers.ts';
import type { GraphNode } from './graph-props.ts';
import { count } from './numbers.ts';
import { StatusIcon } from './status.tsx';

type Drawn = Folded<GraphNode> & { readonly maxHeight: number };
type Box = Node<{ readonly fold: Fold<GraphNode> }, 'box'>;

const size = { width: 160, height: 50 } as const;
/** An edge that passes a box keeps clear of it. */
const gap = { rows: 22, columns: 36, edges: 40 } as const;
const air = 14;
/** dagre needs about half a second for so many. */
const mostCrossings = 800;
/** From so many boxes on the picture may not fit and has buttons to move in it. */
const many = 13;
const fit = { padding: `${air}px`, minZoom: 0.72, maxZoom: 1 } as const;
const types = { box: BoxOf };
/** React Flow's own sentences for ears are of selecting and deleting, which nobody can here. */
const silent = {
  'node.a11yDescription.default': '',
  'node.a11yDescription.keyboardDisabled': '',
  'edge.a11yDescription.default': '',
};

/** dagre places, React Flow draws. A part of its own, so that pages without a graph do not fetch it. */
export default function GraphCanvas(drawn: Drawn) {
  const { folds, edges, maxHeight } = drawn;
  const { boxes, height } = useMemo(() => placed({ folds, edges }), [folds, edges]);
  const lines = useMemo(() => linesOf(edges), [edges]);
  return (
    <ReactFlowProvider>
      {/* The list twin is for ears and keys: what is drawn here has neither role nor focus. */}
      <div className={styles['canvas']} style={{ height: Math.min(maxHeight, height + 2 * air) }} aria-hidden="true">
        <ReactFlow
          nodes={boxes}
          edges={lines}
          nodeTypes={types}
          fitView
          fitViewOptions={fit}
          minZoom={0.2}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          ariaLabelConfig={silent}
          // The wheel scrolls the page; buttons and two fingers zoom.
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          onlyRenderVisibleElements={boxes.length > 60}
          proOptions={{ hideAttribution: true }}
        />
        <KeepFitted of={boxes} />
      </div>
      {boxes.length >= many && <Buttons />}
    </ReactFlowProvider>
  );
}

/** dagre's places, or where the edges are too tangled for it plain columns: 300 boxes must not hold the page up. */
function placed({ folds, edges }: Folded<GraphNode>): { readonly boxes: Box[]; readonly height: number } {
  const middles = crossingsOf(folds, edges) > mostCrossings ? inColumns(folds, edges) : byDagre(folds, edges);
  const top = Math.min(0, ...[...middles.values()].map(({ y }) => y - size.height / 2));
  const boxes = folds.map((fold): Box => {
    const { x, y } = middles.get(fold.id) ?? { x: 0, y: 0 };
    return { id: fold.id, type: 'box', data: { fold }, ...size, position: { x: x - size.width / 2, y: y - size.height / 2 - top } };
  });
  return { boxes, height: Math.max(0, ...boxes.map(({ position }) => position.y + size.height)) };
}

type Middles = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

function byDagre(folds: readonly Fold<GraphNode>[], edges: Drawn['edges']): Middles {
  const graph = new graphlib.Graph({ multigraph: false, compound: false });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: gap.rows,
    edgesep: gap.edges,
    ranksep: gap.columns,
    ranker: folds.length > 100 ? 'tight-tree' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of folds) graph.setNode(id, { ...size });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    folds.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id) as { readonly x?: number; readonly y?: number };
      return [id, { x, y }];
    }),
  );
}

function inColumns(folds: readonly Fold<GraphNode>[], edges: Drawn['edges']): Middles {
  const places = [...columnsOf(folds, edges)];
  return new Map(
    places.map(([id, { column, row }]) => [id, { x: column * (size.width + gap.columns), y: row * (size.height + gap.rows) }]),
  );
}

function linesOf(edges: Folded<GraphNode>['edges']): Edge[] {
  return edges.map(({ from, to }) => ({
    id: JSON.stringify([from, to]),
    source: from,
    target: to,
    markerEnd: { type: MarkerType.Arrow, color: 'var(--s-line-strong)', width: 16, height: 16 },
  }));
}

/** One box: a thing with its link, or many of one kind with their number. */
function BoxOf({ data: { fold } }: NodeProps<Box>) {
  const { project = '' }: { readonly project?: string } = useParams({ strict: false });
  const [node] = fold.members;
  const { icon: Icon, title, line, kind, chosen, href } = node;
  const amount = fold.members.length;
  const inside = (
    <>
      <Icon size={18} stroke={1.7} className={styles['icon']} />
      <span className={styles['text']}>
        <b>{amount === 1 ? title : words.graph.together(count(amount), title)}</b>
        <span>{amount === 1 ? line : words.graph.inTheList}</span>
      </span>
      {kind !== undefined && amount === 1 && <StatusIcon kind={kind} size={15} />}
    </>
  );
  const name = `${styles['box']} ${chosen ? styles['chosen'] : ''} ${amount > 1 ? styles['many'] : ''}`;
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles['handle']} />
      {href === undefined || amount > 1 ? (
        <span className={name} title={title}>
          {inside}
        </span>
      ) : (
        <Link
          to={`/p/$project${href}` as '/p/$project'}
          params={{ project }}
          className={name}
          title={title}
          tabIndex={-1}
          draggable={false}
        >
          {inside}
        </Link>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles['handle']} />
    </>
  );
}

/** Other things or another width: all of it in sight again, as far as it stays readable. */
function KeepFitted({ of }: { readonly of: readonly Box[] }) {
  const { fitView } = useReactFlow();
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const box = mark.current?.parentElement;
    if (!box || of.length === 0) return;
    const watch = new ResizeObserver(() => void fitView(fit));
    watch.observe(box);
    return () => watch.disconnect();
  }, [of, fitView]);
  return <span ref={mark} hidden />;
}

function Buttons() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const buttons = [
    { label: words.graph.zoomIn, icon: IconPlus, act: () => zoomIn() },
    { label: words.graph.zoomOut, icon: IconMinus, act: () => zoomOut() },
    { label: words.graph.fit, icon: IconArrowsMaximize, act: () => fitView({ ...fit, minZoom: 0.2 }) },
  ];
  return (
    <div className={styles['buttons']}>
      {buttons.map(({ label, icon: Icon, act }) => (
        <ActionIcon key={label} variant="default" size={26} aria-label={label} title={label} onClick={() => void act()}>
          <Icon size={15} stroke={1.75} aria-hidden />
        </ActionIcon>
      ))}
    </div>
  );
}
