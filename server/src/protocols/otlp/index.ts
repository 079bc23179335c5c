export { type AnyValue, type Attribute, type OtlpSpan, spansOfJson, spansOfProtobuf } from './otlp-traces.ts';
