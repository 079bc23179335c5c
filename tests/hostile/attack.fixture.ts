import type { Asked } from './ask.fixture.ts';
import type { Given } from './given.fixture.ts';
import { addressInputs, bodyInputs, headerInputs, jsonInputs, ownHeaderInputs, spoiled } from './inputs.fixture.ts';
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
  /** Where its refusals have the form of a foreign protocol, which takes the project from a header. */
  readonly speaks?: 'mlflow';
  /** Whether it is served below `/ajax-api` too: half of the cases go there. */
  readonly hasTwin?: boolean;
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
  readonly headers?: Readonly<Record<string, string>>;
  /** Null where the operation reads none; a text or bytes where the body is no JSON. */
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
    body === null
      ? [null]
      : given.body !== undefined
        ? [given.body, ...(given.bytes ? [given.bytes] : [])]
        : body.type === octets
          ? ['bytes']
          : samplesOf(body.schema);
  return bodies.map((one) => ({ params: own, query: asked, body: one, ...(given.headers && { headers: given.headers }) }));
}

const octets = 'application/octet-stream';
const protobuf = 'application/x-protobuf';
export const form = 'application/x-www-form-urlencoded';

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

/** The other address of a route that has one. */
export const twinOf = (path: string): string => path.replace(/^\/api\//, '/ajax-api/');

export function right(operation: Operation, base: Base, token: string): Asked {
  const workspace = operation.speaks === 'mlflow' ? { 'x-mlflow-workspace': base.params['project'] ?? '' } : {};
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, ...workspace, ...base.headers };
  const path = addressOf(operation, encoded(base.params), encoded(base.query));
  if (operation.body === null || base.body === null) return { method: operation.method, path, headers };
  const { type } = operation.body;
  if (base.body instanceof Uint8Array)
    return { method: operation.method, path, headers: { ...headers, 'content-type': protobuf }, body: Buffer.from(base.body) };
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
  for (const name of operation.params.filter((one) => operation.path.includes(`{${one}}`)))
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
  for (const headers of [...headerInputs, ...ownHeaderInputs(first)]) {
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
  if (base.body instanceof Uint8Array) {
    for (const { name, bytes } of spoiled(base.body)) yield { operation, name, make: () => ({ ...usual, body: bytes }) };
    return;
  }
  if (typeof base.body === 'string') {
    for (const { status: _, ...input } of bodyInputs('{"a":1}'))
      yield { operation, ...input, make: () => ({ ...usual, headers: { ...usual.headers, ...input.headers }, body: input.body }) };
    return;
  }
  const judged = body.type !== octets;
  // A body that is none is read there as one without members, as its own server does.
  const hasOneStatus = judged && operation.speaks === undefined;
  for (const at of pathsIn(base.body)) {
    const there = valueAt(base.body, at);
    const isContainer = there !== null && typeof there === 'object';
    if (isContainer) {
      const [first] = Object.values(there);
      const make = (): Asked => ({ ...usual, body: withJsonAt(base.body, at, manyOf(there, first)) });
      yield { operation, name: `body ${at.join('.') || '(whole)'}: 20,000 of its first`, make };
    }
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
      ...(hasOneStatus && status && { status }),
    };
}

/** A list or an object of 20,000 members that are each right. */
function manyOf(there: object, first: unknown): string {
  const one = JSON.stringify(first ?? 'x');
  const members = Array.from({ length: 20_000 }, (_, n) => (Array.isArray(there) ? one : `"m${n}":${one}`)).join(',');
  return Array.isArray(there) ? `[${members}]` : `{${members}}`;
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
const free = [
  /^deployments\.predict rows\.\d+\./,
  /^deployments\.outcomes .*\.extra/,
  /^mlflow\.(create|update)Assessment assessment\.feedback\.value/,
];

function isFree(id: string, at: Path): boolean {
  return free.some((pattern) => pattern.test(`${id} ${at.join('.')}`));
}
