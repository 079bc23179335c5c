export { spansOfJson } from './otlp-json.ts';
export { type AnyValue, type Attribute, type OtlpSpan, spansOfProtobuf } from './otlp-traces.ts';
