import { failure } from './error.ts';

/** One page of a list that is read by key, so that rows which come and go move nothing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the page after this one; null at the end. */
  readonly next: string | null;
}

export interface PageAsk {
  /** The `next` of the page before. */
  readonly cursor?: string;
  readonly limit: number;
}

/** A page of what a store found for `limit`; `keyOf` names the row that the next page comes after. */
export function pageOf<T>(items: readonly T[], limit: number, keyOf: (last: T) => string | number): Page<T> {
  const last = items.length === limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? null : String(keyOf(last)) };
}

/** The groups of `shape` in a cursor. Anything that is no `next` of ours is refused with `invalid_input`. */
export function readCursor(cursor: string, shape: RegExp): string[] {
  const match = shape.exec(cursor);
  if (match) return match.slice(1);
  throw failure('invalid_input', { field: 'cursor', expected: 'the `next` of an earlier page', got: JSON.stringify(cursor.slice(0, 80)) });
}

/** A cursor that is one whole number: the number of an event, a version, a row. */
export function numberAt(cursor: string): number {
  return Number(readCursor(cursor, /^(-?\d{1,15})$/)[0]);
}

/** A cursor of a number and, where several rows have the same, the id. */
export function placeAt(cursor: string): { readonly number: number; readonly id: string } {
  const [number = '', id = ''] = readCursor(cursor, /^(-?\d{1,15})-(\w{1,60})$/);
  return { number: Number(number), id };
}

/** All rows of a list, page by page. */
export async function* everyPage<T>(ask: (page: { readonly cursor?: string }) => Promise<Page<T>>): AsyncGenerator<T> {
  let page = await ask({});
  yield* page.items;
  while (page.next !== null) {
    page = await ask({ cursor: page.next });
    yield* page.items;
  }
}
