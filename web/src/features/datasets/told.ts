import { age, count, moment } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Check, Dataset, Difference, Summary, Version } from './datasets-api.ts';

const { checks: said, list, page, difference } = words.datasets;

/** How the checks of a version stand, as a mark. */
export function checksMark({ all, failed }: Summary['checks']): { readonly kind: StatusKind; readonly text: string } {
  if (all === 0) return { kind: 'neutral', text: said.none };
  return failed > 0 ? { kind: 'bad', text: said.fail(failed, all) } : { kind: 'good', text: said.hold(all) };
}

export function listSentence(datasets: readonly Dataset[]): string {
  if (datasets.length === 0) return list.none;
  const failing = datasets.flatMap(({ name, latest }) =>
    latest && latest.checks.failed > 0 ? [words.datasets.named(name, latest.number)] : [],
  );
  return list.sentence(datasets.length, failing);
}

/** Until when the rows of a version reach, where it grew; null where only the time of its files is known. */
export function grownUntil(source: Summary['source'], zone: string, now_ms: number): string | null {
  return source.kind === 'grown' ? list.until(moment(source.until_ms, zone, now_ms), age(now_ms - source.until_ms)) : null;
}

export function checkName(check: string): string {
  return (said.names as Readonly<Record<string, string>>)[check] ?? check;
}

/** Whether a version may be trusted: which one it is, how large, what its checks say, where its rows come from. */
export function versionSentence({ number, rows, schema, checks, source }: Version, newest: number): string {
  const parts = [
    page.sentence(number === newest ? page.newest(number) : page.older(number, newest), count(rows), schema.length),
    judged(checks),
    source.kind === 'grown' ? page.grown(source.base, source.deployment, count(source.served_rows)) : '',
  ];
  return parts.filter(Boolean).join(' ');
}

const namedChecks = 3;

function judged(checks: readonly Check[]): string {
  if (checks.length === 0) return page.noChecks;
  const failing = checks.filter(({ holds }) => !holds);
  if (failing.length === 0) return page.hold(checks.length);
  const which = failing.slice(0, namedChecks).map(({ check, column }) => page.failing(checkName(check), column));
  return page.fail(failing.length, checks.length, `${which.join('; ')}${failing.length > namedChecks ? ' …' : ''}`);
}

/** What differs between two versions, in sentences; the columns come strongest first. */
export function differenceSentences({ drift, rows, columns }: Difference, than: string): string[] {
  const moved = drift.filter(({ drifted }) => drifted);
  const changes = [
    ...columns.added.map(({ name }) => difference.added(name)),
    ...columns.removed.map(({ name }) => difference.removed(name)),
    ...columns.retyped.map(({ name, before, after }) =>
      difference.retyped(name, words.datasets.types[before], words.datasets.types[after]),
    ),
    ...columns.roles.map(({ name, before, after }) => difference.role(name, words.datasets.roles[before], words.datasets.roles[after])),
  ];
  return [
    difference.sentence(moved.length, drift.length, moved[0]?.column ?? '', than),
    difference.rowsFrom(count(rows.before), count(rows.after)),
    changes.length === 0 ? difference.schemaSame : difference.schemaChanged(changes.join('; ')),
  ];
}
