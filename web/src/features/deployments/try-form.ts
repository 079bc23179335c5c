import { metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Input } from '../models/models-api.ts';

const text = words.deployments.try;

/** The row that the form means, or what is wrong with it by column. Empty is missing. */
export function rowOf(
  inputs: readonly Input[],
  fields: Readonly<Record<string, string>>,
): { readonly row: Readonly<Record<string, string | number>>; readonly wrong: Readonly<Record<string, string>> } {
  const row: Record<string, string | number> = {};
  const wrong: Record<string, string> = {};
  for (const { name, kind, nullable } of inputs) {
    const written = fields[name] ?? '';
    if (written.trim() === '') {
      if (!nullable) wrong[name] = text.needed(name);
    } else if (kind === 'category') row[name] = written;
    else if (Number.isFinite(Number(written))) row[name] = Number(written);
    else wrong[name] = text.notNumber(name);
  }
  return { row, wrong };
}

/** A served row as the form writes it. */
export function fieldsOf(inputs: readonly Input[], body: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = inputs.filter(({ name }) => body[name] !== null && body[name] !== undefined);
  return Object.fromEntries(known.map(({ name }) => [name, String(body[name])]));
}

/** What training saw, in a few words. */
export function hintOf({ kind, min, max, integer, nullable }: Input): string {
  const range = kind === 'number' && min !== null && max !== null ? [text.range(metric(min), metric(max))] : [];
  return [...range, ...(integer ? [text.whole] : []), ...(nullable ? [text.optional] : [])].join(', ');
}

/** One line for a POSIX shell, whatever the values hold. */
export function curlOf(origin: string, deployment: string, row: Readonly<Record<string, unknown>>): string {
  const body = JSON.stringify({ rows: [row] }).replaceAll("'", "'\\''");
  const address = `${origin}/api/v1/deployments/${encodeURIComponent(deployment)}/predict`.replaceAll("'", "'\\''");
  return `curl -sS '${address}' -H "authorization: Bearer $SLIPWAY_TOKEN" -H 'content-type: application/json' -d '${body}'`;
}
