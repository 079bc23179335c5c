import { fieldsOf, noProtobuf } from './wire-reader.ts';

/** A value of an attribute, as OTLP tells kinds apart; integers are decimal texts, since they may have 64 bits. */
export type AnyValue =
  | { readonly string_value: string }
  | { readonly bool_value: boolean }
  | { readonly int_value: string }
  | { readonly double_value: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { readonly bytes_value: string }
  | { readonly array_value: { readonly values: readonly AnyValue[] } }
  | { readonly kvlist_value: { readonly values: readonly Attribute[] } }
  | Readonly<Record<string, never>>;

export interface Attribute {
  readonly key: string;
  readonly value: AnyValue;
}

/** A span of opentelemetry/proto/trace/v1/trace.proto: ids in hexadecimal, times in nanoseconds as decimal texts. */
export interface OtlpSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly kind: number;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly { readonly time_unix_nano: string; readonly name: string; readonly attributes: readonly Attribute[] }[];
  readonly links: readonly { readonly trace_id: string; readonly span_id: string; readonly attributes: readonly Attribute[] }[];
  readonly status: { readonly code: number; readonly message: string };
}

export const depthLimit = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw noProtobuf();
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** All spans of an export request in protobuf. */
export function spansOfProtobuf(bytes: Uint8Array): OtlpSpan[] {
  const spans: OtlpSpan[] = [];
  for (const resource of fieldsOf(bytes)) {
    if (resource.number !== 1) continue;
    for (const scope of fieldsOf(resource.bytes)) {
      if (scope.number !== 2) continue;
      for (const span of fieldsOf(scope.bytes)) if (span.number === 2) spans.push(assertSpan(spanOf(span.bytes)));
    }
  }
  return spans;
}

function spanOf(bytes: Uint8Array): OtlpSpan {
  const span = {
    trace_id: '',
    span_id: '',
    parent_span_id: null as string | null,
    name: '',
    kind: 0,
    start_time_unix_nano: '0',
    end_time_unix_nano: '0',
    attributes: [] as Attribute[],
    events: [] as OtlpSpan['events'][number][],
    links: [] as OtlpSpan['links'][number][],
    status: { code: 0, message: '' },
  };
  for (const { number, bytes: inner, value } of fieldsOf(bytes)) {
    if (number === 1) span.trace_id = hexOf(inner);
    else if (number === 2) span.span_id = hexOf(inner);
    else if (number === 4) span.parent_span_id = inner.byteLength === 0 ? null : hexOf(inner);
    else if (number === 5) span.name = textOf(inner);
    else if (number === 6) span.kind = Number(value);
    else if (number === 7) span.start_time_unix_nano = String(value);
    else if (number === 8) span.end_time_unix_nano = String(value);
    else if (number === 9) span.attributes.push(attributeOf(inner, 0));
    else if (number === 11) span.events.push(eventOf(inner));
    else if (number === 13) span.links.push(linkOf(inner));
    else if (number === 15) span.status = statusOf(inner);
  }
  return span;
}

function attributeOf(bytes: Uint8Array, depth: number): Attribute {
  let key = '';
  let value: AnyValue = {};
  for (const { number, bytes: inner } of fieldsOf(bytes)) {
    if (number === 1) key = textOf(inner);
    else if (number === 2) value = cellOf(inner, depth);
  }
  return { key, value };
}

function cellOf(bytes: Uint8Array, depth: number): AnyValue {
  if (depth > depthLimit) throw noProtobuf();
  for (const { number, bytes: inner, value } of fieldsOf(bytes)) {
    if (number === 1) return { string_value: textOf(inner) };
    if (number === 2) return { bool_value: value !== 0n };
    if (number === 3) return { int_value: String(BigInt.asIntN(64, value)) };
    if (number === 4) return { double_value: doubleOf(new Float64Array(new BigUint64Array([value]).buffer)[0] ?? 0) };
    if (number === 5) return { array_value: { values: [...fieldsOf(inner)].map((item) => cellOf(item.bytes, depth + 1)) } };
    if (number === 6) return { kvlist_value: { values: [...fieldsOf(inner)].map((item) => attributeOf(item.bytes, depth + 1)) } };
    if (number === 7) return { bytes_value: Buffer.from(inner).toString('base64') };
  }
  return {};
}

export function doubleOf(value: number): number | 'NaN' | 'Infinity' | '-Infinity' {
  return Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity');
}

function eventOf(bytes: Uint8Array): OtlpSpan['events'][number] {
  const event = { time_unix_nano: '0', name: '', attributes: [] as Attribute[] };
  for (const { number, bytes: inner, value } of fieldsOf(bytes)) {
    if (number === 1) event.time_unix_nano = String(value);
    else if (number === 2) event.name = textOf(inner);
    else if (number === 3) event.attributes.push(attributeOf(inner, 0));
  }
  return event;
}

function linkOf(bytes: Uint8Array): OtlpSpan['links'][number] {
  const link = { trace_id: '', span_id: '', attributes: [] as Attribute[] };
  for (const { number, bytes: inner } of fieldsOf(bytes)) {
    if (number === 1) link.trace_id = hexOf(inner);
    else if (number === 2) link.span_id = hexOf(inner);
    else if (number === 4) link.attributes.push(attributeOf(inner, 0));
  }
  return link;
}

function statusOf(bytes: Uint8Array): OtlpSpan['status'] {
  const status = { code: 0, message: '' };
  for (const { number, bytes: inner, value } of fieldsOf(bytes)) {
    if (number === 2) status.message = textOf(inner);
    else if (number === 3) status.code = Number(value);
  }
  return status;
}

/** In the year 2255: microseconds until then are exact in a number. */
const lastMoment_ns = 9e18;

export function assertSpan(span: OtlpSpan): OtlpSpan {
  const sound = /^[0-9a-f]{32}$/.test(span.trace_id) && /^[0-9a-f]{16}$/.test(span.span_id);
  const times = [span.start_time_unix_nano, span.end_time_unix_nano].every(
    (time) => /^\d{1,19}$/.test(time) && Number(time) <= lastMoment_ns,
  );
  if (!sound || !times || (span.parent_span_id !== null && !/^[0-9a-f]{16}$/.test(span.parent_span_id))) throw noProtobuf();
  return span;
}
