/**
 * With `?words=pseudo` in the address every text of the catalogue comes out lengthened and accented, so that a test sees at once
 * what is written outside the catalogue and where a longer language would not fit.
 */
export function localised<Catalogue extends object>(catalogue: Catalogue, search: string): Catalogue {
  return new URLSearchParams(search).get('words') === 'pseudo' ? (transformed(catalogue) as Catalogue) : catalogue;
}

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú' };

/** `Home` becomes `⟦Hómé~~⟧`: two fifths longer, between brackets that no data has. */
export function pseudo(text: string): string {
  const accented = text.replace(/[aeiouAEIOU]/g, (letter) => accents[letter] ?? letter);
  const more = '~'.repeat(Math.ceil(text.length * 0.4)).replace(/.{8}(?=.)/g, '$& ');
  return `⟦${accented}${more}⟧`;
}

function transformed(value: unknown): unknown {
  if (typeof value === 'string') return pseudo(value);
  if (typeof value === 'function') return (...args: unknown[]) => transformed((value as (...args: unknown[]) => unknown)(...args));
  if (Array.isArray(value)) return value.map(transformed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, transformed(inner)]));
}
