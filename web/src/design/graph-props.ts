import type { Icon } from '@tabler/icons-react';
import type { StatusKind } from './status.tsx';

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  /** One fact below the title, the state as a word among it. */
  readonly line: string;
  readonly icon: Icon;
  /** How it does, as icon and colour beside the title. */
  readonly kind?: StatusKind;
  /** The thing that the page is about, or whose details are open. */
  readonly chosen?: boolean;
  /** Below `/p/:project`; search allowed. */
  readonly href?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface GraphProps {
  /** What the graph shows, in one sentence. */
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  /** Edges whose ends are not both among the nodes are left out. */
  readonly edges: readonly GraphEdge[];
  /** px that the picture may take; what is taller is moved by dragging. Default 420. */
  readonly maxHeight?: number;
}
