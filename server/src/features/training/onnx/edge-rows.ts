import type { FittedColumn, FittedModel, Table } from '../fitted-model.ts';

const thresholdsPerColumn = 400;
const categoriesPerColumn = 400;
/** Of all columns together: of very many columns each has fewer edges, and none has none. */
const edgeLimit = 20_000;

const edgeNumbers: readonly number[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 63),
  3.4028235677973366e38,
];
const edgeTexts: readonly string[] = ['', ' ', 'never seen before', '🛫', 'İ', 'x'.repeat(20_000)];

/**
 * Rows on which an export is most likely to go wrong, one changed column each: missing, infinite and extreme numbers, every
 * threshold and its two neighbours, missing, unseen and long texts, every category. The other columns are those of rows of
 * `table`, in turn. Two more rows are missing, and unseen or infinite, everywhere. At most 20,000 rows, shared by the columns.
 */
export function edgeRows(model: FittedModel, table: Table): Table {
  const edits: { readonly column: string; readonly value: number | string }[] = [];
  const share = Math.floor(edgeLimit / model.columns.length);
  model.columns.forEach((column, at) => {
    for (const value of spread(edgeValues(model, column, at), share)) edits.push({ column: column.name, value });
  });
  const rows = edits.length + 2;
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, string[]>();
  for (const { name, kind } of model.columns) {
    const from = (row: number) => (table.rows === 0 ? 0 : (row * 7_919) % table.rows);
    if (kind === 'number')
      numbers.set(
        name,
        Float64Array.from({ length: rows }, (_, row) => table.numbers.get(name)?.[from(row)] ?? Number.NaN),
      );
    else
      texts.set(
        name,
        Array.from({ length: rows }, (_, row) => table.texts.get(name)?.[from(row)] ?? ''),
      );
  }
  edits.forEach(({ column, value }, row) => {
    set(numbers, texts, column, row, value);
  });
  for (const { name, kind } of model.columns) {
    set(numbers, texts, name, rows - 2, kind === 'number' ? Number.NaN : '');
    set(numbers, texts, name, rows - 1, kind === 'number' ? Number.POSITIVE_INFINITY : 'never seen before');
  }
  return { rows, numbers, texts };
}

function set(numbers: Map<string, Float64Array>, texts: Map<string, string[]>, column: string, row: number, value: number | string): void {
  const target = typeof value === 'number' ? numbers.get(column) : texts.get(column);
  if (target) target[row] = value;
}

function edgeValues(model: FittedModel, column: FittedColumn, at: number): readonly (number | string)[] {
  if (column.kind === 'category') {
    const known = spread(column.categories ?? [], categoriesPerColumn);
    return [...edgeTexts, ...known, ...known.slice(0, 5).map((text) => `${text} `)];
  }
  return [
    ...edgeNumbers,
    ...spread(thresholdsOf(model, at), thresholdsPerColumn).flatMap((value) => [value, nextUp(value), -nextUp(-value)]),
  ];
}

function thresholdsOf({ body }: FittedModel, column: number): number[] {
  if (body.kind === 'linear') return [];
  const found = new Set<number>();
  for (const tree of body.trees.flat()) {
    tree.feature.forEach((feature, node) => {
      if (feature === column) found.add(tree.threshold[node] ?? 0);
    });
  }
  return [...found].sort((a, b) => a - b);
}

/** At most `most` of the values, evenly spread. */
function spread<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, at) => values[Math.floor((at * values.length) / most)] as T);
}

/** The next larger double. */
export function nextUp(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
