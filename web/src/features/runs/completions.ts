/** Which names could stand at the caret of a filter; only where a name is expected. Pure. */
export function completionsAt(
  text: string,
  caret: number,
  names: readonly string[],
): { readonly from: number; readonly to: number; readonly names: readonly string[] } | null {
  const before = text.slice(0, caret);
  const word = /[\p{L}\p{N}_./@-]*$/u.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - word.length);
  // After an operator stands a value, and inside quotes anything.
  if (/(=|<|>|contains)\s*$/i.test(lead) || /^[^"'`]*(["'`])[^"'`]*$/.test(lead) || word === '') return null;
  if (lead.trim() !== '' && !/(\band|\bor|\bnot|\()\s*$/i.test(lead)) return null;
  const asked = word.toLowerCase();
  const rank = (name: string) => {
    const plain = name.toLowerCase();
    const bare = plain.replace(/^(metrics|params|tags)\./, '');
    return plain === asked ? 9 : bare.startsWith(asked) || plain.startsWith(asked) ? 0 : plain.includes(asked) ? 1 : 9;
  };
  const found = names
    .filter((name) => rank(name) < 9)
    .sort((a, b) => rank(a) - rank(b) || a.length - b.length)
    .slice(0, 30);
  return found.length === 0 ? null : { from: lead.length, to: caret, names: found };
}
