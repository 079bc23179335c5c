import type { Span } from '../../features/traces/index.ts';
import type { AnyValue, Attribute, OtlpSpan } from '../otlp/index.ts';
import { filled, list } from './runs-mapping.ts';

type Json = Record<string, unknown>;

/** Numbers beyond 2^53 stand in JSON as they are. */
const rawJson = (digits: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);

const statusNames = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const ownStatuses = ['unset', 'ok', 'error'] as const;
const typeKey = 'mlflow.spanType';

/** Spans by trace, in our form; a trace is called by `tr-` and its hexadecimal id. */
export function spansByTrace(spans: readonly OtlpSpan[]): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  for (const span of spans) {
    const id = `tr-${span.trace_id}`;
    const type = span.attributes.find(({ key }) => key === typeKey)?.value ?? {};
    const own: Span = {
      id: span.span_id,
      parent: span.parent_span_id,
      name: span.name,
      kind: 'string_value' in type ? String(type.string_value) : 'UNKNOWN',
      status: ownStatuses[span.status.code] ?? 'unset',
      started_ns: span.start_time_unix_nano,
      ended_ns: span.end_time_unix_nano,
      content: packed(span),
    };
    const known = found.get(id);
    if (known) known.push(own);
    else found.set(id, [own]);
  }
  return found;
}

/** As protobuf writes it in JSON: ids in base64, 64-bit integers as numbers. */
export function spanWire(content: unknown): Json {
  const span = unpacked(content as Packed);
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
  return {
    trace_id: base64(span.trace_id),
    span_id: base64(span.span_id),
    ...(span.parent_span_id === null ? {} : { parent_span_id: base64(span.parent_span_id) }),
    name: span.name,
    start_time_unix_nano: rawJson(span.start_time_unix_nano),
    end_time_unix_nano: rawJson(span.end_time_unix_nano),
    ...list('attributes', span.attributes.map(attributeWire)),
    ...list(
      'events',
      span.events.map(({ time_unix_nano, name, attributes }) => ({
        time_unix_nano: rawJson(time_unix_nano),
        name,
        ...list('attributes', attributes.map(attributeWire)),
      })),
    ),
    ...list(
      'links',
      span.links.map((link) => ({
        trace_id: base64(link.trace_id),
        span_id: base64(link.span_id),
        ...list('attributes', link.attributes.map(attributeWire)),
      })),
    ),
    status: { ...filled({ message: span.status.message }), code: statusNames[span.status.code] ?? statusNames[0] },
  };
}

function attributeWire({ key, value }: Attribute): Json {
  return { key, value: valueWire(value) };
}

function valueWire(value: AnyValue): Json {
  if ('int_value' in value) return { int_value: rawJson(String(value.int_value)) };
  if ('array_value' in value) return { array_value: list('values', value.array_value?.values.map(valueWire) ?? []) };
  if ('kvlist_value' in value) return { kvlist_value: list('values', value.kvlist_value?.values.map(attributeWire) ?? []) };
  return { ...value };
}

/** A text, a flag and a list stand for themselves; other kinds of values say what they are. */
type PackedValue =
  | string
  | boolean
  | null
  | readonly PackedValue[]
  | { readonly int: string }
  | { readonly double: number | string }
  | { readonly bytes: string }
  | { readonly members: readonly PackedAttribute[] };
/** An object in rows of before, which kept spans as they come. */
type PackedAttribute = readonly [key: string, value: PackedValue] | Attribute;

type WithAttributes = { readonly attributes: readonly Attribute[] };
type PackedParts<T extends WithAttributes> = Omit<T, 'attributes'> & { readonly attributes: readonly PackedAttribute[] };
type Packed = Omit<PackedParts<OtlpSpan>, 'events' | 'links'> & {
  readonly events: readonly PackedParts<OtlpSpan['events'][number]>[];
  readonly links: readonly PackedParts<OtlpSpan['links'][number]>[];
};

/** A span as it is kept. Searches look through this text, so words of the form, as `string_value`, are not in it. */
function packed(span: OtlpSpan): Packed {
  return { ...packedPart(span), events: span.events.map(packedPart), links: span.links.map(packedPart) };
}

function packedPart<T extends WithAttributes>(part: T): PackedParts<T> {
  return { ...part, attributes: part.attributes.map(packedAttribute) };
}

const packedAttribute = ({ key, value }: Attribute): PackedAttribute => [key, packedValue(value)];

function packedValue(value: AnyValue): PackedValue {
  if ('string_value' in value) return value.string_value;
  if ('bool_value' in value) return value.bool_value;
  if ('int_value' in value) return { int: value.int_value };
  if ('double_value' in value) return { double: value.double_value };
  if ('bytes_value' in value) return { bytes: value.bytes_value };
  if ('array_value' in value) return value.array_value?.values.map(packedValue) ?? [];
  if ('kvlist_value' in value) return { members: value.kvlist_value?.values.map(packedAttribute) ?? [] };
  return null;
}

function unpacked(span: Packed): OtlpSpan {
  return { ...unpackedPart(span), events: span.events.map(unpackedPart), links: span.links.map(unpackedPart) };
}

function unpackedPart<T extends { readonly attributes: readonly PackedAttribute[] }>(part: T): Omit<T, 'attributes'> & WithAttributes {
  return { ...part, attributes: part.attributes.map(unpackedAttribute) };
}

function unpackedAttribute(one: PackedAttribute): Attribute {
  return 'key' in one ? one : { key: one[0], value: unpackedValue(one[1]) };
}

function unpackedValue(value: PackedValue): AnyValue {
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (value === null) return {};
  if ('int' in value) return { int_value: value.int };
  if ('double' in value) return { double_value: value.double as number };
  if ('bytes' in value) return { bytes_value: value.bytes };
  if ('members' in value) return { kvlist_value: { values: value.members.map(unpackedAttribute) } };
  return { array_value: { values: value.map(unpackedValue) } };
}
