import type { GridColumn } from './types.ts';

/** Where the columns lie: those that stay at the left, then those that scroll. */
export interface Shape {
  readonly pinned: readonly (GridColumn & { readonly left_px: number })[];
  readonly free: readonly GridColumn[];
  readonly all: readonly GridColumn[];
  readonly pinned_px: number;
  readonly total_px: number;
}

export const check_px = 36;
/** Narrower than this, only the name stays at the left. */
const narrow_px = 560;

export function shapeOf(columns: readonly GridColumn[], pinned: ReadonlySet<string>, room_px: number): Shape {
  const isNarrow = room_px > 0 && room_px < narrow_px;
  const stays = (column: GridColumn, index: number) => index === 0 || (pinned.has(column.key) && !isNarrow);
  const wanted = check_px + columns.reduce((sum, { width }) => sum + width, 0);
  const spare = Math.max(0, Math.floor(room_px) - wanted);
  const sized = columns.map((column, index) => {
    const width = index === 0 && isNarrow ? Math.min(column.width, 150) : column.width + (index === 0 ? spare : 0);
    return { ...column, width };
  });
  let left_px = check_px;
  const atLeft = sized.filter(stays).map((column) => {
    const placed = { ...column, left_px };
    left_px += column.width;
    return placed;
  });
  const free = sized.filter((column, index) => !stays(column, index));
  const free_px = free.reduce((sum, { width }) => sum + width, 0);
  return { pinned: atLeft, free, all: [...atLeft, ...free], pinned_px: left_px, total_px: left_px + free_px };
}
