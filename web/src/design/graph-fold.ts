/** Which nodes a picture of a large graph puts together, so that it can still be drawn and read. */

interface Node {
  readonly id: string;
}
interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Nodes that stand together in the picture; one alone is itself. */
export interface Fold<N extends Node> {
  readonly id: string;
  readonly members: readonly [N, ...N[]];
}

export interface Folded<N extends Node> {
  readonly folds: readonly Fold<N>[];
  readonly edges: readonly Edge[];
}

/** Edges between known nodes, each once, none to itself. */
export function knownEdges(nodes: readonly Node[], edges: readonly Edge[]): Edge[] {
  const ids = new Set(nodes.map(({ id }) => id));
  const seen = new Map(edges.map((edge) => [JSON.stringify([edge.from, edge.to]), edge]));
  return [...seen.values()].filter(({ from, to }) => from !== to && ids.has(from) && ids.has(to));
}

/** How far each node stands from where the graph begins, along its longest way; a circle is cut where it closes. */
export function levelsOf(nodes: readonly Node[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const next = Map.groupBy(edges, ({ from }) => from);
  const missing = new Map(nodes.map(({ id }) => [id, 0]));
  for (const { to } of edges) missing.set(to, (missing.get(to) ?? 0) + 1);
  const levels = new Map(nodes.map(({ id }) => [id, 0]));
  const done = new Set<string>();
  // Taken from the end: first what nothing leads to, then what becomes free, at last what only circles lead to.
  const ids = nodes.map(({ id }) => id);
  const ready = [...ids.toReversed(), ...ids.filter((id) => missing.get(id) === 0)];
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    if (done.has(id)) continue;
    done.add(id);
    for (const { to } of next.get(id) ?? []) {
      if (done.has(to)) continue;
      levels.set(to, Math.max(levels.get(to) ?? 0, (levels.get(id) ?? 0) + 1));
      const left = (missing.get(to) ?? 1) - 1;
      missing.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return levels;
}

/**
 * At most `most` places: nodes of one kind at one level become one, the largest groups first; where that is not enough,
 * neighbouring levels count as one.
 */
export function fold<N extends Node>(nodes: readonly N[], edges: readonly Edge[], kindOf: (node: N) => string, most: number): Folded<N> {
  const known = knownEdges(nodes, edges);
  if (nodes.length <= most) return { folds: nodes.map((node) => ({ id: node.id, members: [node] })), edges: known };
  const levels = levelsOf(nodes, known);
  const groupsAt = (width: number) =>
    [...Map.groupBy(nodes, (node) => JSON.stringify([kindOf(node), Math.floor((levels.get(node.id) ?? 0) / width)]))].toSorted(
      ([, a], [, b]) => b.length - a.length,
    );
  let width = 1;
  let groups = groupsAt(width);
  while (groups.length > most && width < nodes.length) {
    width *= 2;
    groups = groupsAt(width);
  }
  let places = nodes.length;
  const folds = groups.flatMap(([key, members]): Fold<N>[] => {
    const [first, ...others] = members;
    if (!first) return [];
    if (places <= most) return members.map((node) => ({ id: node.id, members: [node] }));
    places -= others.length;
    return [{ id: others.length === 0 ? first.id : key, members: [first, ...others] }];
  });
  const placeOf = new Map(folds.flatMap(({ id, members }) => members.map((node) => [node.id, id] as const)));
  const moved = known.map(({ from, to }) => ({ from: placeOf.get(from) ?? from, to: placeOf.get(to) ?? to }));
  return { folds, edges: knownEdges(folds, moved) };
}
