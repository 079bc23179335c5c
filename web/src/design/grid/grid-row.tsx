// Roles on divs: a table element cannot hold rows and columns that are not in the page. Keys are heard by the grid around them, and
// only the cell with the focus is in the order of Tab.
// biome-ignore-all lint/a11y/useSemanticElements: see above
// biome-ignore-all lint/a11y/useKeyWithClickEvents: see above
// biome-ignore-all lint/a11y/useFocusableInteractive: see above
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: see above
import { memo } from 'react';
import { words } from '../../words/index.ts';
import styles from './grid.module.css';
import { check_px, type Shape } from './shape.ts';
import type { GridColumn } from './types.ts';

export interface GridRowProps {
  readonly id: string;
  readonly index: number;
  readonly top_px: number;
  readonly shape: Shape;
  readonly free: readonly GridColumn[];
  readonly firstFree: number;
  readonly before_px: number;
  /** The column that has the focus, if it is in this row. */
  readonly column: number | null;
  readonly chosen: boolean;
  readonly name: string;
  readonly onSelect: (index: number, through: boolean) => void;
  readonly onOpen: (index: number) => void;
  readonly onActive: (row: number, column: number) => void;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { id, index, shape, column, chosen } = props;
  const focus = (at: number) => ({
    id: `${id}-${index}-${at}`,
    tabIndex: column === at ? 0 : -1,
    onFocus: () => column !== at && props.onActive(index, at),
  });
  const pinnedCount = shape.pinned.length;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={`${styles['row']} ${chosen ? styles['chosen'] : ''}`}
      style={{ top: props.top_px, width: shape.total_px }}
      onDoubleClick={() => props.onOpen(index)}
    >
      <div role="presentation" className={styles['stuck']} style={{ width: shape.pinned_px }}>
        <div role="gridcell" aria-colindex={1} {...focus(0)} className={`${styles['cell']} ${styles['check']}`} style={{ width: check_px }}>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={chosen}
            aria-label={words.grid.selectRow(props.name)}
            onChange={(event) => props.onSelect(index, (event.nativeEvent as MouseEvent).shiftKey === true)}
          />
        </div>
        {shape.pinned.map(({ key, width, number, cell }, at) => (
          <div
            key={key}
            role={at === 0 ? 'rowheader' : 'gridcell'}
            aria-colindex={at + 2}
            {...focus(at + 1)}
            className={`${styles['cell']} ${number ? styles['number'] : ''}`}
            style={{ width }}
          >
            {cell(index)}
          </div>
        ))}
      </div>
      <div role="presentation" style={{ width: props.before_px, flex: 'none' }} />
      {props.free.map(({ key, width, number, cell }, shown) => {
        const at = props.firstFree + shown + pinnedCount + 1;
        return (
          <div
            key={key}
            role="gridcell"
            aria-colindex={at + 1}
            {...focus(at)}
            className={`${styles['cell']} ${number ? styles['number'] : ''}`}
            style={{ width }}
          >
            {cell(index)}
          </div>
        );
      })}
    </div>
  );
});
