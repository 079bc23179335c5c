import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Seen } from '../../design/grid/index.ts';
import { type Cell, type CellsPage, cellsQuery, type RunScope } from './runs-api.ts';

const rowsInBlock = 100;
const columnsInBlock = 20;
/** These are asked for with every block: a row is named and opened whatever is in view. */
const always = ['id', 'name'];

interface Block {
  readonly row: number;
  readonly column: number;
}

/** Which blocks of a hundred rows and twenty columns are in view. Pure. */
export function blocksOf({ from, to, columns: seen }: Seen, columns: readonly string[]): string[] {
  const places = new Map(columns.map((key, at) => [key, Math.floor(at / columnsInBlock)]));
  const across = [...new Set(seen.flatMap((key) => places.get(key) ?? []))];
  const down = [];
  for (let block = Math.floor(from / rowsInBlock); block * rowsInBlock < to; block++) down.push(block);
  return down.flatMap((row) => across.map((column) => `${row} ${column}`));
}

/** The cells of one block. */
export function blockQuery(
  project: string,
  scope: RunScope,
  numbers: readonly number[],
  columns: readonly string[],
  { row, column }: Block,
) {
  const own = columns.slice(column * columnsInBlock, (column + 1) * columnsInBlock);
  return {
    ...cellsQuery(project, scope, numbers.slice(row * rowsInBlock, (row + 1) * rowsInBlock), [...new Set([...always, ...own])]),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

/** Cells of the runs in view, fetched by blocks and kept; undefined while a cell is on its way. */
export function useCells(project: string, scope: RunScope, numbers: readonly number[], columns: readonly string[]) {
  const [wanted, setWanted] = useState('0 0');
  const onSeen = useCallback((seen: Seen) => setWanted(blocksOf(seen, columns).join(',')), [columns]);
  const blocks: Block[] = useMemo(
    () =>
      wanted
        .split(',')
        .map((text) => text.split(' ').map(Number))
        .map(([row = 0, column = 0]) => ({ row, column })),
    [wanted],
  );
  const asked = useQueries({
    queries: blocks.map(({ row, column }) => ({
      ...blockQuery(project, scope, numbers, columns, { row, column }),
      enabled: numbers.length > row * rowsInBlock,
      placeholderData: keepPreviousData<CellsPage>,
    })),
  });
  const pages = asked.map(({ data }) => data);
  const version = asked.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the times of the answers stand for the answers
  const cell = useMemo(() => {
    const lookups = pages.flatMap((page) => (page ? [{ page, places: new Map(page.runs.map((number, at) => [number, at])) }] : []));
    return (index: number, key: string): Cell | undefined => {
      const number = numbers[index];
      if (number === undefined) return undefined;
      for (const { page, places } of lookups) {
        const at = places.get(number);
        if (at !== undefined && page.columns[key] !== undefined) return page.columns[key][at];
      }
      return undefined;
    };
  }, [version, wanted, numbers]);
  return { cell, onSeen, error: asked.find(({ error }) => error)?.error ?? null };
}
