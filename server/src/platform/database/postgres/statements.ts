/** Names under which a connection keeps the plans of the statements in use; the product has a few hundred. */
const namedLimit = 1000;
const names = new Map<string, string>();

/** The name of a statement that is prepared once for each connection; undefined for one that has no parameters, or that comes too late. */
export function nameOf(sql: string, parameters: number): string | undefined {
  if (parameters === 0) return undefined;
  const known = names.get(sql);
  if (known !== undefined || names.size >= namedLimit) return known;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}
