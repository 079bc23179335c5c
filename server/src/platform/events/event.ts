/** What happened, to what, by whom and because of which earlier event. Ordered by number, never by clock. */
export interface SlipwayEvent {
  readonly number: number;
  readonly project_id: string | null;
  /** `noun.past-participle`, as in `model-version.registered`. */
  readonly type: string;
  /** The thing that changed: kind and id, as in `deployment dep_01k…`. */
  readonly subject: string;
  readonly caller: { readonly kind: string; readonly id: string; readonly name: string };
  /** The person behind the caller, if there is one. */
  readonly person: string | null;
  readonly at_ms: number;
  /** Number of the event that led to this one. */
  readonly cause: number | null;
  readonly request: string | null;
  /** One plain sentence for the audit trail. */
  readonly note: string | null;
  readonly before: unknown;
  readonly after: unknown;
  /** SHA-256 of the canonical JSON of all the fields above: the seam for a tamper-evident log. */
  readonly digest: string;
}

export interface NewEvent {
  readonly project_id: string | null;
  readonly type: string;
  readonly subject: string;
  readonly note?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface EventFilter {
  readonly project_id?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly caller?: string;
  readonly cause?: number;
  /** Part of the note, the type or the subject. */
  readonly text?: string;
  /** Events with a greater number. */
  readonly after?: number;
  /** Events with a smaller number. */
  readonly before?: number;
  readonly order?: 'oldest' | 'newest';
  readonly limit: number;
}
