export { type Choice, ColumnChooser } from './chooser.tsx';
export { Grid } from './grid.tsx';
export { BulkBar } from './parts.tsx';
export { useSingleKeys } from './single-keys.ts';
export { saveFile, toCsv, toTsv } from './text.ts';
export type { GridColumn, GridLayout, GridProps, Seen } from './types.ts';
export { useGridView } from './use-grid-view.ts';
