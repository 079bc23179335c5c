import { words } from '../../words/index.ts';

/** As much of an event as a line about it needs. */
export interface EventFacts {
  readonly number: number;
  readonly at_ms: number;
  readonly type: string;
  readonly subject: string;
  readonly caller: { readonly kind: string; readonly id: string; readonly name: string };
  readonly note: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

export function whoDid({ caller }: Pick<EventFacts, 'caller'>): string {
  return caller.kind === 'job' || caller.kind === 'system' ? words.shell.product : caller.name;
}

/** The event's own sentence, else its type in words: `project.clock-advanced` is "Project clock advanced". */
export function sentenceOf({ note, type, subject }: Pick<EventFacts, 'note' | 'type' | 'subject'>): string {
  if (note !== null && note !== '') return note;
  const text = type.replace(/[-._]+/g, ' ').trim();
  const said = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  // The log is that of the project.
  return subject.startsWith('project ') ? said : `${said}: ${subject}`;
}

/** The page of what an event is about, below `/p/:project`; null for what has none. */
export function pathOf({ subject, after, before }: Pick<EventFacts, 'subject' | 'after' | 'before'>): string | null {
  const at = subject.indexOf(' ');
  const [kind, name] = at < 0 ? [subject, ''] : [subject.slice(0, at), subject.slice(at + 1)];
  const key = encodeURIComponent(name);
  if (name === '') return null;
  if (kind === 'model') {
    const version = numberIn(after, 'version') ?? numberIn(before, 'version');
    return version === null ? `/models/${key}` : `/models/${key}/versions/${version}`;
  }
  const places: Readonly<Record<string, string>> = {
    approval: `/questions/approvals/${key}`,
    dataset: `/datasets/${key}`,
    deployment: `/deployments/${key}`,
    execution: `/executions/${key}`,
    experiment: `/experiments/${key}`,
    incident: `/incidents/${key}`,
    monitor: `/monitors/${key}`,
    pipeline: `/pipelines/${key}`,
    run: `/runs/${key}`,
  };
  return places[kind] ?? null;
}

function numberIn(value: unknown, key: string): number | null {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'number' ? found : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Change {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What an event changed, field by field; a field that stayed is left out. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const [old, fresh] = [flat(before), flat(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names
    .map((name) => ({ name, before: old.get(name) ?? null, after: fresh.get(name) ?? null }))
    .filter((change) => change.before !== change.after);
}

function flat(value: unknown, prefix = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (!isRecord(value)) return new Map([[prefix || 'value', typeof value === 'string' ? value : JSON.stringify(value)]]);
  const found = new Map<string, string>();
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (isRecord(inner)) for (const [path, text] of flat(inner, name)) found.set(path, text);
    else if (inner !== null && inner !== undefined) found.set(name, typeof inner === 'string' ? inner : JSON.stringify(inner));
  }
  return found;
}
