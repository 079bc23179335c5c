import type { Clause, OrderKey } from './filter.ts';

/** Whether a value passes a clause; one that is missing passes IS NULL only. For nouns that there are few of. */
export function holds(value: string | number | null, { operator, value: compared }: Clause): boolean {
  if (operator === 'is null') return value === null;
  if (operator === 'is not null') return value !== null;
  if (value === null || compared === null) return false;
  switch (operator) {
    case 'in':
      return Array.isArray(compared) && compared.includes(value);
    case 'not in':
      return Array.isArray(compared) && !compared.includes(value);
    case 'like':
      return isLike(String(value), String(compared));
    case 'ilike':
      return isLike(String(value).toLowerCase(), String(compared).toLowerCase());
    case '=':
      return value === compared;
    case '!=':
      return value !== compared;
    case '>':
      return value > compared;
    case '>=':
      return value >= compared;
    case '<':
      return value < compared;
    case '<=':
      return value <= compared;
    default:
      return false;
  }
}

/** `%` is any text, `_` any character. Goes back to the last `%` only, so that no pattern takes long. */
export function isLike(value: string, pattern: string): boolean {
  let [at, of, star, from] = [0, 0, -1, 0];
  while (at < value.length) {
    const sign = pattern[of];
    if (sign === '%') [star, from, of] = [of, at, of + 1];
    else if (sign !== undefined && (sign === '_' || sign === value[at])) [at, of] = [at + 1, of + 1];
    else if (star < 0) return false;
    else [at, of, from] = [from + 1, star + 1, from + 1];
  }
  while (pattern[of] === '%') of++;
  return of === pattern.length;
}

/** Missing ones last in either direction. */
export function byKeys<T>(keys: readonly OrderKey[], cellOf: (one: T, key: OrderKey) => string | number | null): (a: T, b: T) => number {
  return (a, b) => {
    for (const key of keys) {
      const [left, right] = [cellOf(a, key), cellOf(b, key)];
      if (left === right) continue;
      if (left === null || right === null) return left === null ? 1 : -1;
      return (left < right ? -1 : 1) * (key.descending ? -1 : 1);
    }
    return 0;
  };
}
