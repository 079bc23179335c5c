import type { Asked } from './state.tsx';

type Answers<T> = { readonly [K in keyof T]: T[K] extends Asked<infer One> ? One : never };

/** Several questions as one: nothing is said until all are answered, since a sentence made of half of them would be wrong. */
export function together<const T extends readonly Asked<unknown>[], All>(asked: T, make: (answers: Answers<T>) => All): Asked<All> {
  const known = asked.every(({ data }) => data !== undefined);
  return {
    data: known ? make(asked.map(({ data }) => data) as unknown as Answers<T>) : undefined,
    error: asked.find(({ error, data }) => error !== null && data === undefined)?.error ?? null,
    refetch: () => Promise.all(asked.filter(({ data }) => data === undefined).map(({ refetch }) => refetch())),
  };
}
