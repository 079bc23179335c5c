import type { Request } from './requests.fixture.ts';

export interface Answer {
  readonly status: number;
  /** Null where the body is no JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** A server with what it answered so far, by the names under which later requests use it. */
export interface Asked {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly values: Map<string, string>;
}

const fill = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values.get(name) ?? 'unknown');

export async function ask(
  { address, headers, values }: Asked,
  { method, path, query = {}, body, raw, type = 'application/json', keep = {} }: Request,
): Promise<Answer> {
  const words = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}=${encodeURIComponent(fill(each, values))}`),
  );
  const where = fill(path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`, values);
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(`${address}${where}${words.length === 0 ? '' : `?${words.join('&')}`}`, {
    method,
    headers: { ...headers, ...(sent === undefined || type === '' ? {} : { 'content-type': type }) },
    // A text would get a type of its own.
    ...(sent === undefined ? {} : { body: Buffer.from(fill(sent, values)) }),
  });
  const text = await answer.text();
  const json = jsonOf(text);
  for (const [name, at] of Object.entries(keep)) {
    const found = at
      .split('.')
      .reduce<unknown>((from, member) => (typeof from === 'object' && from !== null ? (from as Json)[member] : undefined), json);
    values.set(name, String(found));
  }
  return { status: answer.status, json, text };
}

/** Null for what is no object; an empty answer counts as an empty one, as clients read it. */
function jsonOf(text: string): unknown {
  if (text === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Values that another server, or another minute, gives otherwise: only their kind is compared. */
const volatile = new Set([
  ...[
    'creation_time',
    'last_update_time',
    'creation_timestamp',
    'last_updated_timestamp',
    'creation_timestamp_ms',
    'last_updated_timestamp_ms',
  ],
  ...['creationTime', 'lastUpdateTime', 'creationTimestamp', 'next_page_token', 'assessment_id', 'create_time'],
]);
/** Lists whose order means nothing. */
const unordered = /(?:^|\.)(?:tags|params|data\.metrics|aliases|dataset_inputs|datasetInputs|dataset_summaries)$/;
const drawnName = /^(?:[a-z]+-[a-z]+-\d+|(?:run|model)-[0-9a-f]{6})$/;

/**
 * Null when they agree, else where they do not. The rules: the same status; of a refusal the same `error_code` and, where MLflow names the
 * parameter that is missing, the same name; of any other answer the same members with the same values, but for ids, times and addresses,
 * of which each must be the same wherever it stands.
 */
export function difference(theirs: Answer, ours: Answer, ids: Pairs): string | null {
  if (theirs.status !== ours.status) return `status ${theirs.status} there, ${ours.status} here: ${shownText(theirs)} | ${shownText(ours)}`;
  if (theirs.status >= 400) return refusalDifference(theirs, ours);
  if (theirs.json === null && ours.json === null)
    return theirs.text === ours.text ? null : `text ${shownText(theirs)} there, ${shownText(ours)} here`;
  return valueDifference(theirs.json, ours.json, '', ids);
}

const shownText = ({ text }: Answer): string => text.replace(/\s+/g, ' ').slice(0, 160);

function refusalDifference(theirs: Answer, ours: Answer): string | null {
  const told = (answer: Answer): Json => (typeof answer.json === 'object' && answer.json !== null ? (answer.json as Json) : {});
  const [there, here] = [told(theirs), told(ours)];
  if (there['error_code'] !== here['error_code'])
    return `error_code ${String(there['error_code'])} there, ${String(here['error_code'])} here`;
  const missing = (message: unknown) => /^Missing value for required parameter '([^']*)'/.exec(String(message))?.[1] ?? null;
  const [wanted, got] = [missing(there['message']), missing(here['message'])];
  return wanted === null || wanted === got ? null : `misses '${wanted}' there: ${shownText(ours)}`;
}

const idPattern = /((?:m-)?[0-9a-f]{32})/;

/** Ids of one server and what they are at the other. */
export class Pairs {
  readonly #theirs = new Map<string, string>();
  readonly #ours = new Map<string, string>();

  /** Whether these two may be the same thing. */
  agree(theirs: string, ours: string): boolean {
    const [there, here] = [this.#ours.get(ours), this.#theirs.get(theirs)];
    if (there === undefined && here === undefined) {
      this.#theirs.set(theirs, ours);
      this.#ours.set(ours, theirs);
      return true;
    }
    return there === theirs && here === ours;
  }

  /** Whether two texts say the same with other ids in them. */
  agreeIn(theirs: string, ours: string): boolean {
    const [there, here] = [theirs.split(idPattern), ours.split(idPattern)];
    return there.length === here.length && there.every((part, at) => (at % 2 === 0 ? part === here[at] : this.agree(part, here[at] ?? '')));
  }
}

/** What a text of JSON says, however it is written; null for any other text. */
function written(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const isId = (key: string): boolean =>
  /(?:^|_)(?:id|uuid)$|(?:Id|Uuid)$/.test(key) &&
  key !== 'client_request_id' &&
  key !== 'source_id' &&
  key !== 'user_id' &&
  key !== 'userId';
/** The experiment in an address, which each server counts for itself. */
const place = (text: string): string => text.replace(/(mlflow-artifacts:\/)\d+/, '$1N');

function valueDifference(theirs: unknown, ours: unknown, at: string, ids: Pairs): string | null {
  const key = /([^.[\]]*)(?:\[\d*\])?$/.exec(at)?.[1] ?? '';
  if (volatile.has(key)) return typeof theirs === typeof ours ? null : `${at}: ${typeof theirs} there, ${typeof ours} here`;
  if (typeof theirs === 'string' && typeof ours === 'string') {
    // As of a refusal, that there is one counts, and not how it is told.
    if (/^\.errors\[\d+\]$/.test(at)) return null;
    const [there, here] = [written(theirs), written(ours)];
    if (there !== null && here !== null) return valueDifference(there, here, at, ids);
    if (theirs === ours || (isId(key) && ids.agree(theirs, ours)) || (drawnName.test(theirs) && drawnName.test(ours))) return null;
    return ids.agreeIn(place(theirs), place(ours))
      ? null
      : `${at}: ${JSON.stringify(theirs).slice(0, 120)} there, ${JSON.stringify(ours).slice(0, 120)} here`;
  }
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    if (theirs.length !== ours.length) return `${at}: ${theirs.length} items there, ${ours.length} here`;
    const sorted = (list: readonly unknown[]) =>
      unordered.test(at) ? list.toSorted((a, b) => (sortText(a) < sortText(b) ? -1 : 1)) : list;
    const mine = sorted(ours);
    return firstOf(sorted(theirs).map((one, index) => () => valueDifference(one, mine[index], `${at}[${index}]`, ids)));
  }
  if (isObject(theirs) && isObject(ours)) {
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
    const stray = names.find((name) => !(name in theirs) || !(name in ours));
    if (stray !== undefined) return `${at}.${stray}: only ${stray in theirs ? 'there' : 'here'}`;
    return firstOf(names.map((name) => () => valueDifference(theirs[name], ours[name], `${at}.${name}`, ids)));
  }
  return Object.is(theirs, ours)
    ? null
    : `${at}: ${JSON.stringify(theirs)?.slice(0, 120)} there, ${JSON.stringify(ours)?.slice(0, 120)} here`;
}

/** By members of the same name in the same order, and without what differs from server to server. */
function sortText(value: unknown): string {
  return (
    JSON.stringify(value, (key, one: unknown) => (isObject(one) ? Object.fromEntries(Object.entries(one).sort()) : isId(key) ? '' : one)) ??
    ''
  );
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function firstOf(looks: readonly (() => string | null)[]): string | null {
  for (const look of looks) {
    const found = look();
    if (found !== null) return found;
  }
  return null;
}
