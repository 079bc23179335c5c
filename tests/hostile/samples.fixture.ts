/** What we read of a JSON schema of our own description (draft 2020-12, made from zod). */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
}

/** Texts that the patterns of our contracts ask for; one of them must fit. */
const texts = [
  'sample',
  'a',
  '1',
  'someone@example.org',
  'Europe/Berlin',
  'a'.repeat(64),
  'a'.repeat(40),
  `per_${'0'.repeat(26)}`,
  'served',
];

function textOf({ pattern, format, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema): string {
  const fits = (text: string): boolean =>
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const found = (format === 'email' ? ['someone@example.org'] : texts).find(fits);
  if (found === undefined)
    throw new Error(`no sample text fits ${pattern ?? format ?? `${minLength} characters`}: add one to samples.fixture.ts`);
  return found;
}

function numberOf({ minimum, exclusiveMinimum, maximum = 1 }: Schema): number {
  if (exclusiveMinimum !== undefined) return Math.min(maximum, exclusiveMinimum + 1);
  return Math.max(minimum ?? 1, Math.min(1, maximum));
}

/** A value that the schema takes, with every optional member there, so that each of them is met by what is hostile. */
export function sampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const some = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (some) return sampleOf(some.find((one) => one.type === 'object') ?? some[0] ?? {});
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => sampleOf(schema.items ?? {}));
    case 'object': {
      const { properties, additionalProperties: others } = schema;
      if (properties) return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, sampleOf(member)]));
      return typeof others === 'object' ? { sample: sampleOf(others) } : {};
    }
    default:
      return 'sample';
  }
}

/** The schemas of a value that is one of several: each gets its turn as a whole sample. */
export function samplesOf(schema: Schema): unknown[] {
  const some = schema.anyOf ?? schema.oneOf;
  return some ? some.flatMap(samplesOf) : [sampleOf(schema)];
}

/** Where a value lies in a JSON value: member names and positions. */
export type Path = readonly (string | number)[];

/** The paths of all values in a value, the whole one first. */
export function pathsIn(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at];
  const members: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...members.slice(0, 40).flatMap(([key, member]) => pathsIn(member, [...at, key]))];
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** The JSON text of a value in which one place holds another JSON text, well-formed or not. */
export function withJsonAt(value: unknown, path: Path, json: string): string {
  const [key, ...rest] = path;
  if (key === undefined) return json;
  if (Array.isArray(value))
    return `[${value.map((item, at) => (at === key ? withJsonAt(item, rest, json) : JSON.stringify(item))).join(',')}]`;
  const members = Object.entries(value as object);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${name === key ? withJsonAt(member, rest, json) : JSON.stringify(member)}`).join(',')}}`;
}
