import { failure, type SlipwayError } from '../../kernel/error.ts';
import { parseJson } from '../../platform/http/index.ts';
import { type AnyValue, type Attribute, assertSpan, depthLimit, doubleOf, type OtlpSpan } from './otlp-traces.ts';

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (name: string): SlipwayError => failure('malformed_request', { reason: `the body is no OTLP message: ${name}` });

/** A member that is absent or null is empty; one of another kind is refused by its name. */
function items(from: Json, name: string): Json[] {
  const value = from[name] ?? [];
  if (!Array.isArray(value) || !value.every(isJson)) throw wrong(name);
  return value;
}

function object(from: Json, name: string): Json {
  const value = from[name] ?? {};
  if (!isJson(value)) throw wrong(name);
  return value;
}

function text(from: Json, name: string): string {
  const value = from[name] ?? '';
  if (typeof value !== 'string') throw wrong(name);
  return value;
}

/** A number of 64 bits is a number or a decimal text; the text is kept in its one form, which is JSON too. */
function integer(from: Json, name: string): string {
  const value = from[name] ?? 0;
  const digits = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof digits !== 'string' || !/^-?\d{1,20}$/.test(digits)) throw wrong(name);
  return BigInt(digits).toString();
}

function smallInteger(from: Json, name: string, most: number): number {
  const value = Number(integer(from, name));
  if (value < 0 || value > most) throw wrong(name);
  return value;
}

/** Nanoseconds of a moment, as a span keeps them. */
function moment(from: Json, name: string): string {
  const digits = integer(from, name);
  if (!/^\d{1,19}$/.test(digits)) throw wrong(name);
  return digits;
}

const spanKinds = 5;
const statusCodes = 2;

/** All spans of an export request in the JSON of OTLP: camelCase, ids in hexadecimal. */
export function spansOfJson(bytes: Buffer): OtlpSpan[] {
  const request = parseJson(bytes);
  if (!isJson(request)) throw wrong('it is no object');
  return items(request, 'resourceSpans')
    .flatMap((resource) => items(resource, 'scopeSpans'))
    .flatMap((scope) => items(scope, 'spans'))
    .map((span) => assertSpan(spanOf(span)));
}

function spanOf(span: Json): OtlpSpan {
  const status = object(span, 'status');
  return {
    trace_id: text(span, 'traceId').toLowerCase(),
    span_id: text(span, 'spanId').toLowerCase(),
    parent_span_id: text(span, 'parentSpanId').toLowerCase() || null,
    name: text(span, 'name'),
    kind: smallInteger(span, 'kind', spanKinds),
    start_time_unix_nano: moment(span, 'startTimeUnixNano'),
    end_time_unix_nano: moment(span, 'endTimeUnixNano'),
    attributes: attributesOf(span, 'attributes', 0),
    events: items(span, 'events').map((event) => ({
      time_unix_nano: moment(event, 'timeUnixNano'),
      name: text(event, 'name'),
      attributes: attributesOf(event, 'attributes', 0),
    })),
    links: items(span, 'links').map((link) => ({
      trace_id: text(link, 'traceId'),
      span_id: text(link, 'spanId'),
      attributes: attributesOf(link, 'attributes', 0),
    })),
    status: { code: smallInteger(status, 'code', statusCodes), message: text(status, 'message') },
  };
}

function attributesOf(from: Json, name: string, depth: number): Attribute[] {
  return items(from, name).map((one) => ({ key: text(one, 'key'), value: valueIn(object(one, 'value'), depth) }));
}

function valueIn(value: Json, depth: number): AnyValue {
  if (depth > depthLimit) throw wrong('value');
  const is = (name: string): boolean => value[name] !== undefined && value[name] !== null;
  if (is('stringValue')) return { string_value: text(value, 'stringValue') };
  if (is('boolValue')) {
    if (typeof value['boolValue'] !== 'boolean') throw wrong('boolValue');
    return { bool_value: value['boolValue'] };
  }
  if (is('intValue')) return { int_value: integer(value, 'intValue') };
  if (is('doubleValue')) return { double_value: double(value['doubleValue']) };
  if (is('bytesValue')) return { bytes_value: text(value, 'bytesValue') };
  if (is('arrayValue')) {
    const inner = items(object(value, 'arrayValue'), 'values');
    return { array_value: { values: inner.map((one) => valueIn(one, depth + 1)) } };
  }
  if (is('kvlistValue')) return { kvlist_value: { values: attributesOf(object(value, 'kvlistValue'), 'values', depth + 1) } };
  return {};
}

const wordsOfDoubles = new Set(['NaN', 'Infinity', '-Infinity']);

function double(value: unknown): ReturnType<typeof doubleOf> {
  const isText = typeof value === 'string' && (wordsOfDoubles.has(value) || (/^[-+.\deE]+$/.test(value) && !Number.isNaN(Number(value))));
  if (typeof value !== 'number' && !isText) throw wrong('doubleValue');
  return doubleOf(Number(value));
}
