/** One call of a program, told by its spans and by whoever made it. */
export interface Trace {
  readonly id: string;
  /** Decimal; of the room of runs. */
  readonly experiment: string;
  readonly started_at_ms: number;
  readonly took_ms: number | null;
  readonly state: TraceState;
  readonly client_request_id: string | null;
  readonly request_preview: string | null;
  readonly response_preview: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly assessments: readonly Assessment[];
  readonly spans: number;
  /** Whether its maker told of it, or only its spans did. */
  readonly told: boolean;
}

export type TraceState = 'ok' | 'error' | 'running' | 'unknown';

export interface Span {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** As the program calls its kind of work. */
  readonly kind: string;
  readonly status: 'ok' | 'error' | 'unset';
  /** Nanoseconds since 1970, as decimal digits: they do not fit a number. */
  readonly started_ns: string;
  readonly ended_ns: string;
  /** All of it, in the form of the protocol that brought it. */
  readonly content: unknown;
}

/** What a person or a program thinks of a trace. */
export interface Assessment {
  readonly id: string;
  readonly name: string;
  readonly kind: 'feedback' | 'expectation' | 'issue';
  /** As text, for searching. */
  readonly value: string;
  /** The one whose place it takes. */
  readonly overrides: string | null;
  /** False while another one has its place; then no search finds it. */
  readonly valid: boolean;
  /** The rest, in the form of the protocol that brought it. */
  readonly content: unknown;
}

/** What the maker of a trace tells of it; the spans come by themselves, before or after. */
export interface ToldTrace extends Omit<Trace, 'assessments' | 'spans' | 'told'> {}

/** What the spans alone say of their trace, until its maker tells more. */
export function traceOfSpans(
  spans: readonly Span[],
): Pick<Trace, 'started_at_ms' | 'took_ms' | 'state'> & { readonly root: string | null } {
  const root = spans.find(({ parent }) => parent === null);
  const first = spans.reduce(
    (least, { started_ns }) => (BigInt(started_ns) < least ? BigInt(started_ns) : least),
    BigInt(spans[0]?.started_ns ?? 0),
  );
  const took_ms = root ? Number((BigInt(root.ended_ns) - BigInt(root.started_ns)) / 1000n) / 1000 : null;
  const state = root ? (root.status === 'error' ? 'error' : 'ok') : 'running';
  return { started_at_ms: Number(first / 1_000_000n), took_ms, state, root: root?.name ?? null };
}
