import { saveFile, toCsv, toTsv } from '../../design/grid/index.ts';
import { exportedCell, titleOf } from './run-columns.ts';
import { type Cell, type RunScope, readAll, readCells } from './runs-api.ts';

const columnsAtOnce = 90;

/** Puts the runs into the clipboard as a table; answers how many. */
export async function copyRuns(project: string, scope: RunScope, numbers: readonly number[], columns: readonly string[]): Promise<number> {
  const cells = await readCells(project, scope, numbers, columns);
  const rows = cells.runs.map((_, place) => columns.map((key) => exportedCell(key, cells.columns[key]?.[place])));
  await navigator.clipboard.writeText(toTsv([columns.map(titleOf), ...rows]));
  return rows.length;
}

export interface ExportAsked {
  readonly project: string;
  readonly scope: RunScope;
  readonly filter: string;
  readonly columns: readonly string[];
}

/** The whole result in the order of the page, not only what is in view. */
export async function exportRuns(asked: ExportAsked, numbers: readonly number[], onPage: (done: number) => void): Promise<void> {
  const cells: Record<string, Cell[]> = {};
  let runs: number[] = [];
  for (let at = 0; at < asked.columns.length; at += columnsAtOnce) {
    const part = await readAll({ ...asked, columns: asked.columns.slice(at, at + columnsAtOnce) }, { onPage });
    runs = part.runs;
    Object.assign(cells, part.columns);
  }
  const places = new Map(runs.map((number, place) => [number, place]));
  const rows = numbers.flatMap((number) => {
    const place = places.get(number);
    return place === undefined ? [] : [asked.columns.map((key) => exportedCell(key, cells[key]?.[place]))];
  });
  saveFile(`runs-${asked.scope.experiment}.csv`, 'text/csv;charset=utf-8', [toCsv([[...asked.columns], ...rows])]);
}
