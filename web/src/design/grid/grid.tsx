// Roles on divs: a table element cannot hold rows and columns that are not in the page.
// biome-ignore-all lint/a11y/useSemanticElements: see above
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { words } from '../../words/index.ts';
import { count } from '../numbers.ts';
import styles from './grid.module.css';
import { GridHead } from './grid-head.tsx';
import { GridRow } from './grid-row.tsx';
import { GridFoot } from './parts.tsx';
import { type Shape, shapeOf } from './shape.ts';
import type { GridProps } from './types.ts';
import { useFocus } from './use-focus.ts';
import { pressIn } from './use-keys.ts';
import { useLatest } from './use-latest.ts';
import { useSeen } from './use-seen.ts';
import { flipped } from './view.ts';

const row_px = 28;
const head_px = 30;
const rowsAround = 4;

/**
 * Rows without an end and columns by the hundred: only those in view are in the page. A `grid` to who reads by ear: one cell has the
 * focus, arrows move it, Enter opens, X or Space selects; on the header Enter sorts (with Shift: as a further key) and Alt + Down opens
 * the menu that does what dragging does.
 */
export function Grid(props: GridProps) {
  const { label, columns, pinned, rows, keyOf, selected, order } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<string | null>(null);
  const room = useRoom(scroller);
  const shape = useMemo(() => shapeOf(columns, pinned, room), [columns, pinned, room]);
  const { down, across } = useVirtual(scroller, rows, shape);
  const { place, go, setActive } = useFocus(id, rows, shape.all.length, ({ row, column }) => {
    if (row >= 0) down.scrollToIndex(row);
    const free = column - 1 - shape.pinned.length;
    if (free >= 0) across.scrollToIndex(free);
  });
  const shownRows = down.getVirtualItems();
  const shownColumns = across.getVirtualItems();
  useSeen(props, shape, shownRows, shownColumns);
  const select = useSelect(props);
  const act = useLatest({ select, open: props.onOpen, activate: (row: number, column: number) => setActive({ row, column }) });
  const page = Math.max(1, shownRows.length - 2 * rowsAround);
  const [first = 0, last = -1] = [shownColumns[0]?.index, shownColumns.at(-1)?.index];
  const free = useMemo(() => shape.free.slice(first, last + 1), [shape, first, last]);
  const shared = { id, shape, free, firstFree: first, before_px: shownColumns[0]?.start ?? 0 };
  // The row with the focus stays in the page, else the focus would be lost with it.
  const inView = shownRows.map(({ index }) => index);
  const drawn = place.row >= 0 && !inView.includes(place.row) ? [...inView, place.row] : inView;
  const [from, to] = [shownRows[0]?.index ?? 0, (shownRows.at(-1)?.index ?? -1) + 1];
  return (
    <>
      <div className={styles['frame']}>
        {props.above}
        <div
          ref={scroller}
          role="grid"
          aria-label={label}
          aria-rowcount={rows + 1}
          aria-colcount={shape.all.length + 1}
          aria-multiselectable="true"
          className={styles['grid']}
          style={{ height: `min(max(${row_px * 8}px, calc(100vh - 190px)), ${Math.max(1, rows) * row_px + head_px + 18}px)` }}
          onKeyDown={pressIn({ props, shape, place, page, go, select, openMenu: setMenu })}
        >
          <div style={{ width: shape.total_px }}>
            <GridHead
              {...shared}
              active={place}
              grid={props}
              menu={menu}
              onMenu={setMenu}
              onActive={(column) => setActive({ row: -1, column })}
            />
            <div role="rowgroup" className={styles['body']} style={{ height: rows * row_px }}>
              {drawn.map((index) => (
                <GridRow
                  key={index}
                  {...shared}
                  index={index}
                  top_px={index * row_px}
                  column={place.row === index ? place.column : null}
                  chosen={selected.has(keyOf(index))}
                  name={props.nameOf(index)}
                  onSelect={act.select}
                  onOpen={act.open}
                  onActive={act.activate}
                />
              ))}
            </div>
          </div>
        </div>
        <Announce rows={rows} order={order} columns={columns} />
      </div>
      <GridFoot
        from={Math.min(from === 0 ? 0 : from + rowsAround, rows - 1)}
        to={to === rows ? to : to - rowsAround}
        rows={rows}
        keys={props.keys}
      />
    </>
  );
}

function useRoom(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setRoom(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return room;
}

function useVirtual(scroller: React.RefObject<HTMLDivElement | null>, rows: number, shape: Shape) {
  const across = useVirtualizer({
    horizontal: true,
    count: shape.free.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => shape.free[index]?.width ?? 0,
    overscan: 2,
    scrollPaddingStart: shape.pinned_px,
    useFlushSync: false,
  });
  const down = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_px,
    overscan: rowsAround,
    scrollPaddingStart: head_px,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the widths are what it measures
  useEffect(() => across.measure(), [across, shape]);
  return { across, down };
}

/** One row, or with Shift all from the last chosen one. */
function useSelect({ keyOf, selected, onSelect }: GridProps): (index: number, through: boolean) => void {
  const anchor = useRef<number | null>(null);
  return (index, through) => {
    if (through && anchor.current !== null) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      onSelect(new Set([...selected, ...Array.from({ length: to - from + 1 }, (_, at) => keyOf(from + at))]));
    } else {
      onSelect(flipped(selected, keyOf(index)));
    }
    anchor.current = index;
  };
}

/** Says the order and the number of rows to who does not see them, when they change. */
function Announce({ rows, order, columns }: Pick<GridProps, 'rows' | 'order' | 'columns'>) {
  const names = order.map(({ key, descending }) => words.grid.sortedBy(columns.find((one) => one.key === key)?.title ?? key, descending));
  return (
    <div role="status" className={styles['announce']}>
      {names.length > 0 ? words.grid.sorted(names.join(', ')) : words.grid.notSorted} {words.grid.amount(count(rows))}
    </div>
  );
}
