import type { Density } from './many-lines-raster.ts';

export interface Across {
  /** Where each axis stands, in px of the picture. */
  readonly axes: readonly number[];
  readonly lines: readonly number[];
  /** Row of the picture in which a line crosses an axis. */
  readonly rowOf: (line: number, axis: number) => number;
  readonly thickness: number;
}

/** So much is done between two looks at the clock. */
const linesAtOnce = 500;
const piecesAtOnce = 40;

/**
 * Adds lines from axis to axis, a little with each step. Lines that cross two axes in the same rows are one piece, so that a hundred
 * thousand lines cost hardly more than the different pieces that a picture has room for.
 */
export function* addAcross(density: Density, { axes, lines, rowOf, thickness }: Across): Generator<void> {
  const { height } = density;
  const gaps = axes.slice(1).map((right, at) => ({ ...bendsOf(axes[at] ?? 0, right), many: new Uint32Array(height * height) }));
  const rows = new Uint32Array(axes.length);
  for (const [nth, line] of lines.entries()) {
    for (let axis = 0; axis < axes.length; axis++) rows[axis] = Math.min(height - 1, Math.max(0, Math.round(rowOf(line, axis))));
    for (let axis = 1; axis < axes.length; axis++) {
      const many = gaps[axis - 1]?.many;
      const piece = (rows[axis - 1] ?? 0) * height + (rows[axis] ?? 0);
      if (many) many[piece] = (many[piece] ?? 0) + 1;
    }
    if (nth % linesAtOnce === 0) yield;
  }
  let pieces = 0;
  for (const gap of gaps) {
    for (let piece = 0; piece < gap.many.length; piece++) {
      const weight = gap.many[piece] ?? 0;
      if (weight === 0) continue;
      addPiece(density, gap, { start: Math.floor(piece / height), end: piece % height, weight }, thickness);
      if (++pieces % piecesAtOnce === 0) yield;
    }
  }
}

interface Bends {
  readonly from: number;
  readonly to: number;
  /** How far each line has gone from one axis to the next at the left edge of each column, and at the right edge of the last. */
  readonly gone: Float64Array;
}

/** All lines bend alike between two axes, so the bend is computed once for each column. */
function bendsOf(left: number, right: number): Bends {
  const [from, to] = [Math.max(0, Math.floor(left)), Math.ceil(right)];
  return { from, to, gone: Float64Array.from({ length: to - from + 1 }, (_, column) => bend((from + column - left) / (right - left))) };
}

/** Of the curve that leaves an axis and meets the next one level, its bends half way: how far up it is at a share of the way. */
function bend(share: number): number {
  const way = Math.min(1, Math.max(0, share));
  let [low, high] = [0, 1];
  // x(t) = 1.5 t (1 - t) + t³ rises all along, so halving finds t.
  for (let step = 0; step < 24; step++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < way) low = t;
    else high = t;
  }
  return 3 * low ** 2 - 2 * low ** 3;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

function addPiece({ width, height, cover }: Density, { from, to, gone }: Bends, { start, end, weight }: Piece, thickness: number): void {
  const half = thickness / 2;
  let y = start;
  for (let column = from; column < to && column < width; column++) {
    const next = start + (end - start) * (gone[column - from + 1] ?? 1);
    const top = Math.max(0, Math.min(y, next) - half);
    const bottom = Math.min(height, Math.max(y, next) + half);
    for (let row = Math.floor(top); row < bottom; row++) {
      const at = column * height + row;
      cover[at] = (cover[at] ?? 0) + weight * (Math.min(bottom, row + 1) - Math.max(top, row));
    }
    y = next;
  }
}
