import { levelsOf } from './graph-fold.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** How many columns all edges cross together: each is a place more that dagre must find, and beyond some it takes seconds. */
export function crossingsOf(nodes: readonly { readonly id: string }[], edges: readonly Edge[]): number {
  const levels = levelsOf(nodes, edges);
  return edges.reduce((sum, { from, to }) => sum + Math.abs((levels.get(to) ?? 0) - (levels.get(from) ?? 0)), 0);
}

/**
 * Column and row of each node, for graphs that are too tangled for dagre: columns by level, and in each column the order of
 * what leads there, so that lines cross little. Takes the time of reading the edges a few times.
 */
export function columnsOf(
  nodes: readonly { readonly id: string }[],
  edges: readonly Edge[],
): ReadonlyMap<string, { readonly column: number; readonly row: number }> {
  const levels = levelsOf(nodes, edges);
  const before = Map.groupBy(edges, ({ to }) => to);
  const columns = Map.groupBy(nodes, ({ id }) => levels.get(id) ?? 0);
  const places = new Map<string, { readonly column: number; readonly row: number }>();
  for (const [column, members] of [...columns].toSorted(([a], [b]) => a - b)) {
    const wished = members.map(({ id }, index) => {
      const rows = (before.get(id) ?? []).flatMap(({ from }) => places.get(from)?.row ?? []);
      return { id, row: rows.length === 0 ? index : rows.reduce((sum, row) => sum + row, 0) / rows.length };
    });
    const middle = (members.length - 1) / 2;
    wished
      .sort((a, b) => a.row - b.row)
      .forEach(({ id }, index) => {
        places.set(id, { column, row: index - middle });
      });
  }
  return places;
}
