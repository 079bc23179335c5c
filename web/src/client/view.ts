import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

type Field = string | number | boolean | readonly string[];
type Wide<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends number ? number : T[K] extends boolean ? boolean : readonly string[];
};

/**
 * The state of a page as its address: `useView({ tab: 'profile', col: '' })` reads and writes `?tab=…&col=…`. A field that is missing or
 * of another type than its default has the default, and defaults are not written. `replace` is for what should not be a step of Back
 * (typing in a filter).
 */
export function useView<const T extends Readonly<Record<string, Field>>>(
  defaults: T,
): readonly [Wide<T>, (change: Partial<Wide<T>>, how?: { readonly replace: boolean }) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  // Defaults are written as a literal at each call: their text says whether they are the same.
  const key = JSON.stringify(defaults);
  const view = useMemo(() => {
    const fields = Object.entries(JSON.parse(key) as T).map(([name, usual]) => [
      name,
      sameKind(search[name], usual) ? search[name] : usual,
    ]);
    return Object.fromEntries(fields) as Wide<T>;
  }, [search, key]);
  const change = useCallback(
    (change: Partial<Wide<T>>, how?: { readonly replace: boolean }) => {
      const usual: Readonly<Record<string, unknown>> = JSON.parse(key) as T;
      void navigate({
        to: '.',
        replace: how?.replace ?? false,
        // The same page seen another way: it stays where it is, and so do the parts of it that scroll.
        resetScroll: false,
        search: ((before: Readonly<Record<string, unknown>>) => {
          const after: Record<string, unknown> = { ...before, ...change };
          for (const name of Object.keys(change)) if (JSON.stringify(after[name]) === JSON.stringify(usual[name])) delete after[name];
          return after;
        }) as never,
      });
    },
    [navigate, key],
  );
  return [view, change];
}

function sameKind(value: unknown, usual: Field): boolean {
  if (Array.isArray(usual)) return Array.isArray(value) && value.every((one) => typeof one === 'string');
  return typeof value === typeof usual;
}

/** The names in the address of a page, as its route declares them. */
export function useNames<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  return Object.fromEntries(
    names.map((name) => {
      const value = params[name];
      if (value === undefined) throw new Error(`This page's route has no :${name}`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}
