import { errors } from '@slipway/contracts';
import { type Answer, type Asked, hang_ms } from './ask.fixture.ts';
import type { Given } from './given.fixture.ts';
import { addressInputs, bodyInputs, headerInputs, jsonInputs } from './inputs.fixture.ts';
import { type Path, pathsIn, type Schema, sampleOf, samplesOf, valueAt, withJsonAt } from './samples.fixture.ts';

/** An operation as the running server describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** As in `/api/v1/projects/{project}`. */
  readonly path: string;
  readonly permission: string;
  readonly params: readonly string[];
  readonly query: Readonly<Record<string, Schema>>;
  readonly required: ReadonlySet<string>;
  readonly body: { readonly type: string; readonly schema: Schema } | null;
}

interface Described {
  readonly operationId: string;
  readonly 'x-permission': string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

export function operationsOf(paths: Readonly<Record<string, unknown>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Described>).map(
      ([method, { operationId: id, 'x-permission': permission, parameters, requestBody }]) => {
        const [content] = Object.entries(requestBody?.content ?? {});
        const queries = parameters.filter((one) => one.in === 'query');
        return {
          id,
          method: method.toUpperCase(),
          path,
          permission,
          params: parameters.filter((one) => one.in === 'path').map(({ name }) => name),
          query: Object.fromEntries(queries.map(({ name, schema }) => [name, schema])),
          required: new Set(queries.filter(({ required }) => required).map(({ name }) => name)),
          body: content ? { type: content[0], schema: content[1].schema ?? {} } : null,
        };
      },
    ),
  );
}

/** A request that is right, in parts that can be exchanged. */
export interface Base {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Null where the operation reads none; a text where the body is no JSON. */
  readonly body: unknown;
}

/** The first is what the world gives; where a body is one of several kinds, each kind has a base of its own. */
export function basesOf(operation: Operation, params: Readonly<Record<string, string>>, given: Given = {}): Base[] {
  const { body, query, required } = operation;
  const own = Object.fromEntries(operation.params.map((name) => [name, given.params?.[name] ?? params[name] ?? '']));
  const missing = operation.params.filter((name) => own[name] === '');
  if (missing.length > 0) throw new Error(`${operation.id} could not be exercised: world.fixture.ts has no {${missing.join('}, {')}}`);
  const asked = given.query ?? Object.fromEntries([...required].map((name) => [name, String(sampleOf(query[name] ?? {}))]));
  const bodies =
    body === null ? [null] : given.body !== undefined ? [given.body] : body.type === octets ? ['bytes'] : samplesOf(body.schema);
  return bodies.map((one) => ({ params: own, query: asked, body: one }));
}

const octets = 'application/octet-stream';
const form = 'application/x-www-form-urlencoded';

/** One hostile request and what is known of its answer beforehand. */
export interface Case {
  readonly operation: Operation;
  readonly name: string;
  /** Made when it is sent: all of them at once would fill the memory. */
  readonly make: () => Asked;
  readonly status?: readonly number[];
  /** The members on the way to a value of another kind, one of which the refusal must name. */
  readonly names?: readonly string[];
  readonly heavy?: boolean;
}

const encoded = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]));

/** Values are written as they are: who wants them encoded does it before. */
function addressOf({ path }: Operation, params: Readonly<Record<string, string>>, query: Readonly<Record<string, string>>): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const asked = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return asked.length === 0 ? filled : `${filled}?${asked.join('&')}`;
}

export function right(operation: Operation, base: Base, token: string): Asked {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const path = addressOf(operation, encoded(base.params), encoded(base.query));
  if (operation.body === null || base.body === null) return { method: operation.method, path, headers };
  const { type } = operation.body;
  if (type === octets && typeof base.body !== 'string')
    return { method: operation.method, path, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(base.body) };
  const body =
    typeof base.body === 'string'
      ? base.body
      : type === form
        ? new URLSearchParams(base.body as Record<string, string>).toString()
        : JSON.stringify(base.body);
  return { method: operation.method, path, headers: { ...headers, 'content-type': type }, body };
}

/** All that is hostile to one operation: every part of its path, every parameter, every header, every value in its body, and whole bodies. */
export function* casesOf(operation: Operation, bases: readonly Base[], token: string, guard: string): Generator<Case> {
  const [first] = bases;
  if (!first) return;
  const usual = right(operation, first, token);
  const address = addressInputs(guard);
  const params = encoded(first.params);
  const query = encoded(first.query);
  for (const name of operation.params)
    for (const input of address)
      yield {
        operation,
        name: `path ${name}: ${input.name}`,
        make: () => ({ ...usual, path: addressOf(operation, { ...params, [name]: input.text }, query) }),
      };
  for (const name of Object.keys(operation.query)) {
    for (const input of [...address, { name: 'empty', text: '' }])
      yield {
        operation,
        name: `query ${name}: ${input.name}`,
        make: () => ({ ...usual, path: addressOf(operation, params, { ...query, [name]: input.text }) }),
      };
    for (const twist of [`${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, `${name}`, `__proto__[${name}]=1`, `${name}=%`]) {
      const path = addressOf(operation, params, query);
      yield { operation, name: `query ${twist}`, make: () => ({ ...usual, path: `${path}${path.includes('?') ? '&' : '?'}${twist}` }) };
    }
  }
  const path = usual.path;
  for (const twist of ['?', '?&&==&', '#x', ';x=1', '//', '/.', '/..', '/%2e%2e', '%2f', '?%', '?a=%ff'])
    yield { operation, name: `address ${twist}`, make: () => ({ ...usual, path: `${path}${twist}` }) };
  for (const headers of headerInputs) {
    const [name] = Object.keys(headers);
    yield {
      operation,
      name: `header ${name}: ${Object.values(headers)[0]?.slice(0, 40)}`,
      make: () => ({ ...usual, headers: { ...usual.headers, ...headers } }),
    };
  }
  for (const base of bases) yield* bodyCases(operation, base, token, guard);
}

function* bodyCases(operation: Operation, base: Base, token: string, guard: string): Generator<Case> {
  const { body } = operation;
  if (body === null || base.body === null) return;
  const usual = right(operation, base, token);
  const isForm = body.type === form;
  if (isForm) return yield* formCases(operation, base, usual, guard);
  if (typeof base.body === 'string') {
    for (const { status: _, ...input } of bodyInputs('{"a":1}'))
      yield { operation, ...input, make: () => ({ ...usual, headers: { ...usual.headers, ...input.headers }, body: input.body }) };
    return;
  }
  const judged = body.type !== octets;
  for (const at of pathsIn(base.body)) {
    const there = valueAt(base.body, at);
    const isContainer = there !== null && typeof there === 'object';
    const keys = at.filter((key) => typeof key === 'string');
    for (const { name, text, wrongFor, heavy } of jsonInputs(guard)) {
      const isWrong = judged && wrongFor === (isContainer ? 'container' : 'scalar') && at.length > 0 && !isFree(operation.id, at);
      const names = isWrong && keys.length > 0 ? { names: keys } : {};
      const make = (): Asked => ({ ...usual, body: withJsonAt(base.body, at, text) });
      yield { operation, name: `body ${at.join('.') || '(whole)'}: ${name}`, make, ...(heavy && { heavy }), ...names };
    }
  }
  for (const { status, ...input } of bodyInputs(JSON.stringify(base.body)))
    yield {
      operation,
      ...input,
      make: () => ({ ...usual, headers: { ...usual.headers, ...input.headers }, body: input.body }),
      ...(judged && status && { status }),
    };
}

function* formCases(operation: Operation, base: Base, usual: Asked, guard: string): Generator<Case> {
  for (const name of Object.keys(base.body as object))
    for (const input of addressInputs(guard)) {
      const others = new URLSearchParams(base.body as Record<string, string>);
      others.delete(name);
      yield { operation, name: `field ${name}: ${input.name}`, make: () => ({ ...usual, body: `${others}&${name}=${input.text}` }) };
    }
  for (const text of ['', '=', '&&&', '%', 'a=%ff', '__proto__=1', 'a[b]=1', 'a'.repeat(9000)])
    yield { operation, name: `form ${text.slice(0, 20)}`, make: () => ({ ...usual, body: text }) };
}

/** Where any JSON value is right. */
const free = [/^deployments\.predict rows\.\d+\./, /^deployments\.outcomes .*\.extra/];

function isFree(id: string, at: Path): boolean {
  return free.some((pattern) => pattern.test(`${id} ${at.join('.')}`));
}

/** What is wrong with an answer; empty where nothing is. */
export function wrongWith({ operation, status: expected, names }: Case, answer: Answer, secrets: readonly string[]): string[] {
  const { status, text, headers, took_ms } = answer;
  const wrong: string[] = [];
  // What is let through may do its work first, and some is judged in a child process that starts for it.
  if (took_ms > (status < 400 || judgedInChild.has(operation.id) ? work_ms : hang_ms)) wrong.push(`took ${Math.round(took_ms)} ms`);
  if (status === 0) wrong.push('no answer');
  if (status >= 500 && !isMeant(status, text)) wrong.push('a failure of the server');
  if (expected && !expected.includes(status) && !isEarlier(status)) wrong.push(`expected ${expected.join(' or ')}`);
  if (names !== undefined && status < 400) wrong.push(`took what is of another kind as ${names.join('.')}`);
  if (names !== undefined && status === 422 && isOurs(operation) && !names.some((key) => text.includes(key)))
    wrong.push(`does not name ${names.join('.')}`);
  if (status >= 400) wrong.push(...wrongShape(operation, answer));
  if (String(headers['location'] ?? '/').search(/^\/(?![/\\])/) !== 0) wrong.push(`leads to ${String(headers['location'])}`);
  if (headers['set-cookie']?.toString().includes('planted')) wrong.push('set a cookie that was planted');
  if (headers['x-content-type-options'] !== 'nosniff' && status !== 0 && headers['x-request-id'] !== undefined)
    wrong.push('may be sniffed');
  const told = secrets.filter((secret) => text.includes(secret) || JSON.stringify(headers).includes(secret));
  const traces = traceOf.filter((pattern) => pattern.test(text));
  if (told.length + traces.length > 0)
    wrong.push(`tells ${[...told.map((secret) => secret.slice(0, 12)), ...traces.map(String)].join(', ')}`);
  return wrong;
}

/** For what a child process does for a request that is right, beside all that the others started. */
const work_ms = 30_000;
const judgedInChild = new Set(['models.add', 'datasets.addVersion', 'projectfile.apply', 'gates.evaluate']);

/** Who or what the request names is judged before its body is read; a limit may be reached. */
function isEarlier(status: number): boolean {
  return [401, 403, 404, 429].includes(status);
}

/** The codes with which a server that is well may answer 5xx. */
const meantFor = new Set(['busy', 'storage_full', 'model_not_loaded', 'model_queue_full', 'nothing_served', 'deadline_exceeded']);

function isMeant(status: number, text: string): boolean {
  return status !== 500 && [...meantFor].some((code) => text.includes(code) || text.includes(errors[code as 'busy'].message.slice(0, 12)));
}

const traceOf: readonly RegExp[] = [
  /\bat (async )?[\w.<>]+ \(/,
  /file:\/\/\/(?!etc)/,
  /node:internal/,
  /node_modules/,
  /\$argon2/,
  /\bSQLITE_/,
  /\b(SELECT|INSERT|UPDATE) [\w"*]+ /,
  /no such (table|column):/,
];

const ownApi = /^\/(api|livez|readyz|health|version|metrics)/;
const isOurs = ({ path, body }: Operation): boolean => ownApi.test(path) && body?.type !== form;

function wrongShape(operation: Operation, { status, text, headers }: Answer): string[] {
  const type = String(headers['content-type']);
  if (!isOurs(operation) && type.startsWith('text/html')) return [];
  if (!type.startsWith('application/json')) return [`an error of type ${type}`];
  try {
    const { error, error_code } = JSON.parse(text) as {
      error?: string | { code: string; message: string; todo: string };
      error_code?: string;
    };
    if (!isOurs(operation) && (typeof error === 'string' || typeof error_code === 'string')) return [];
    if (typeof error !== 'object') return ['an error of another form'];
    if (!Object.hasOwn(errors, error.code)) return [`the code ${error.code} is not in the table`];
    if (errors[error.code as 'busy'].status !== (status as number)) return [`${error.code} has another status`];
    return error.message !== '' && error.todo !== '' ? [] : ['an error without words'];
  } catch {
    return ['an error that is no JSON'];
  }
}

const unexercised = new Set([
  'route_not_found',
  'not_found',
  'invalid_input',
  'malformed_request',
  'unsupported_media_type',
  'not_signed_in',
  'token_not_valid',
  'not_permitted',
  'server_admin_only',
  'origin_not_allowed',
  'host_not_allowed',
]);

/** Why the right request of an operation did not reach its work; null where it did. */
export function whyUnexercised({ status, text }: Answer): string | null {
  if (status > 0 && status < 400) return null;
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code !== undefined && !unexercised.has(code) ? null : `${status} ${text.slice(0, 300)}`;
}
