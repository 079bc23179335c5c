// Roles on divs: a table element cannot hold rows and columns that are not in the page. Keys are heard by the grid around them, and
// only the cell with the focus is in the order of Tab.
// biome-ignore-all lint/a11y/useSemanticElements: see above
// biome-ignore-all lint/a11y/useKeyWithClickEvents: see above
// biome-ignore-all lint/a11y/useFocusableInteractive: see above
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: see above
import { Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconChevronDown } from '@tabler/icons-react';
import { type PointerEvent, useState } from 'react';
import { words } from '../../words/index.ts';
import styles from './grid.module.css';
import { check_px, type Shape } from './shape.ts';
import type { GridColumn, GridProps } from './types.ts';
import { type Place, toggled } from './view.ts';

interface HeadProps {
  readonly id: string;
  readonly shape: Shape;
  readonly free: readonly GridColumn[];
  readonly firstFree: number;
  readonly before_px: number;
  readonly active: Place;
  readonly grid: GridProps;
  readonly menu: string | null;
  readonly onMenu: (key: string | null) => void;
  readonly onActive: (column: number) => void;
}

export function GridHead(props: HeadProps) {
  const { id, shape, grid, active } = props;
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const { rows, selected, onSelect, keyOf } = grid;
  const all = rows > 0 && selected.size >= rows;
  const head = (column: GridColumn, at: number, left_px?: number) => (
    <HeadCell
      key={column.key}
      {...props}
      column={column}
      at={at}
      left_px={left_px}
      isLastPinned={at === shape.pinned.length}
      isTarget={over === column.key && dragged !== column.key}
      drag={{
        onDragStart: () => setDragged(column.key),
        onDragEnd: () => {
          setDragged(null);
          setOver(null);
        },
        onDragOver: (event) => {
          if (dragged === null) return;
          event.preventDefault();
          setOver(column.key);
        },
        onDrop: () => dragged !== null && grid.layout.dropOn(dragged, column.key),
      }}
    />
  );
  return (
    <div role="rowgroup" className={styles['head']} style={{ width: shape.total_px }}>
      <div role="row" aria-rowindex={1} style={{ display: 'flex' }}>
        <div
          role="columnheader"
          aria-colindex={1}
          id={`${id}--1-0`}
          tabIndex={active.row < 0 && active.column === 0 ? 0 : -1}
          onFocus={() => props.onActive(0)}
          className={`${styles['headCell']} ${styles['check']} ${styles['pinned']}`}
          style={{ width: check_px, left: 0 }}
        >
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={words.grid.selectAll}
            checked={all}
            ref={(box) => {
              if (box) box.indeterminate = selected.size > 0 && !all;
            }}
            onChange={() => onSelect(all ? new Set() : new Set(Array.from({ length: rows }, (_, index) => keyOf(index))))}
          />
        </div>
        {shape.pinned.map((column, at) => head(column, at + 1, column.left_px))}
        <div role="presentation" style={{ width: props.before_px, flex: 'none' }} />
        {props.free.map((column, shown) => head(column, props.firstFree + shown + shape.pinned.length + 1))}
      </div>
    </div>
  );
}

interface HeadCellProps extends HeadProps {
  readonly column: GridColumn;
  readonly at: number;
  readonly left_px: number | undefined;
  readonly isLastPinned: boolean;
  readonly isTarget: boolean;
  readonly drag: {
    readonly onDragStart: () => void;
    readonly onDragEnd: () => void;
    readonly onDragOver: (event: React.DragEvent) => void;
    readonly onDrop: () => void;
  };
}

function HeadCell({ id, column, at, left_px, isLastPinned, isTarget, drag, grid, active, menu, onMenu, onActive }: HeadCellProps) {
  const { key, title, width, number, sortable, fixed = false } = column;
  const sorted = grid.order.find((one) => one.key === key);
  const classes = [
    styles['headCell'],
    number ? styles['number'] : '',
    left_px === undefined ? '' : styles['pinned'],
    isLastPinned ? styles['lastPinned'] : '',
    sorted ? styles['sorted'] : '',
    isTarget ? styles['dropTarget'] : '',
  ];
  return (
    <div
      role="columnheader"
      aria-colindex={at + 1}
      aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
      id={`${id}--1-${at}`}
      tabIndex={active.row < 0 && active.column === at ? 0 : -1}
      className={classes.join(' ')}
      style={{ width, ...(left_px === undefined ? {} : { left: left_px }) }}
      draggable={!fixed}
      title={title}
      onFocus={() => onActive(at)}
      onClick={(event) => sortable && grid.onOrder(toggled(grid.order, key, event.shiftKey))}
      {...drag}
    >
      <span className={styles['title']}>{title}</span>
      {sorted && (sorted.descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
      {!fixed && <ColumnMenu column={column} grid={grid} opened={menu === key} onOpen={(open) => onMenu(open ? key : null)} />}
      {!fixed && <Handle width={width} onResize={(next) => grid.layout.resize(key, next)} />}
    </div>
  );
}

const step_px = 40;

/** Everything that dragging does, by keys too. A menu is only in the page while it is open: there are hundreds of columns. */
function ColumnMenu(props: {
  readonly column: GridColumn;
  readonly grid: GridProps;
  readonly opened: boolean;
  readonly onOpen: (open: boolean) => void;
}) {
  const { column, grid, opened, onOpen } = props;
  const { key, title, width, sortable } = column;
  const { layout } = grid;
  const button = (
    <button
      type="button"
      tabIndex={-1}
      className={styles['menu']}
      aria-label={words.grid.columnMenu(title)}
      aria-haspopup="menu"
      aria-expanded={opened}
      onClick={(event) => {
        event.stopPropagation();
        onOpen(!opened);
      }}
    >
      <IconChevronDown size={13} aria-hidden />
    </button>
  );
  if (!opened) return button;
  const sort = (descending: boolean) => grid.onOrder([{ key, descending }]);
  const actions: readonly (readonly [string, () => void])[] = [
    ...(sortable
      ? ([
          [words.grid.highest, () => sort(true)],
          [words.grid.lowest, () => sort(false)],
        ] as const)
      : []),
    [words.grid.moveLeft, () => layout.move(key, -1)],
    [words.grid.moveRight, () => layout.move(key, 1)],
    [words.grid.wider, () => layout.resize(key, width + step_px)],
    [words.grid.narrower, () => layout.resize(key, width - step_px)],
    [grid.pinned.has(key) ? words.grid.unpin : words.grid.pin, () => layout.pin(key)],
    [words.grid.hide, () => layout.hide(key)],
  ];
  return (
    <Menu opened onChange={onOpen} position="bottom-end" width={190} trapFocus returnFocus>
      <Menu.Target>{button}</Menu.Target>
      {/* Clicks in the menu are not clicks on the column. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only stops what comes from inside */}
      <div onClick={(event) => event.stopPropagation()}>
        <Menu.Dropdown>
          {actions.map(([name, act]) => (
            <Menu.Item key={name} onClick={act}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </div>
    </Menu>
  );
}

/** The right edge of a column. The menu has the same as steps, for keys. */
function Handle({ width, onResize }: { readonly width: number; readonly onResize: (width: number) => void }) {
  const pull = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const { currentTarget: handle, clientX: from, pointerId } = event;
    handle.setPointerCapture(pointerId);
    const move = (now: globalThis.PointerEvent) => {
      handle.style.transform = `translateX(${Math.max(48 - width, now.clientX - from)}px)`;
    };
    const drop = (now: globalThis.PointerEvent) => {
      handle.removeEventListener('pointermove', move);
      handle.style.transform = '';
      onResize(width + now.clientX - from);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', drop, { once: true });
  };
  return (
    <span
      className={styles['handle']}
      draggable={false}
      aria-hidden
      onPointerDown={pull}
      onClick={(event) => event.stopPropagation()}
      onDragStart={(event) => event.preventDefault()}
    />
  );
}
