/** What went on in the server: a request or a job, from its begin to its end. */
export interface Span {
  readonly name: string;
  readonly kind: 'server' | 'internal';
  readonly end_ms: number;
  readonly duration_ms: number;
  /** From fixed sets, or numbers: never texts of users. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed: boolean;
  /** The header `traceparent` of a request, by which its caller's trace goes on here. */
  readonly parent?: string | undefined;
}

export interface SpanIds {
  readonly trace: string;
  readonly span: string;
  readonly parent: string | null;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros only are none. */
const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The ids of a new span: of its caller's trace, or of one of its own. `random` gives so many bytes as hex. */
export function idsOf(parent: string | undefined, random: (bytes: number) => string): SpanIds {
  const [, trace, above] = traceparent.exec(parent ?? '') ?? [];
  return { trace: trace ?? random(16), span: random(8), parent: above ?? null };
}

export interface IdentifiedSpan extends SpanIds {
  readonly of: Span;
}

const serverKind = 2;
const internalKind = 1;
const errorStatus = 2;

/** The body of a request to `/v1/traces` (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export function exportBody(spans: readonly IdentifiedSpan[], version: string): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'slipway', 'service.version': version }) },
        scopeSpans: [{ scope: { name: 'slipway', version }, spans: spans.map(wireOf) }],
      },
    ],
  });
}

function wireOf({ trace, span, parent, of }: IdentifiedSpan) {
  return {
    traceId: trace,
    spanId: span,
    ...(parent === null ? {} : { parentSpanId: parent }),
    name: of.name,
    kind: of.kind === 'server' ? serverKind : internalKind,
    startTimeUnixNano: nanoseconds(of.end_ms - of.duration_ms),
    endTimeUnixNano: nanoseconds(of.end_ms),
    attributes: attributesOf(of.attributes),
    ...(of.failed ? { status: { code: errorStatus } } : {}),
  };
}

/** As text, since it is beyond what a number keeps exactly. */
function nanoseconds(time_ms: number): string {
  return String(BigInt(Math.round(time_ms * 1000)) * 1000n);
}

function attributesOf(attributes: Span['attributes']) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string' ? { stringValue: value } : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value },
  }));
}
