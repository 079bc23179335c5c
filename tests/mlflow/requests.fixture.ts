/** One request that both servers get. `{{name}}` stands for a value that an earlier answer of the same server held. */
export interface Request {
  /** What is asked, in words; the list of differences names requests by it. */
  readonly what: string;
  readonly method: string;
  /** Below `/api/2.0/mlflow/`, unless it begins with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly raw?: string;
  /** Content-Type; empty for none. */
  readonly type?: string;
  /** Values of the answer to remember, by name: `run.info.run_id`. */
  readonly keep?: Readonly<Record<string, string>>;
}

type More = Partial<Omit<Request, 'what' | 'method' | 'path'>>;

export const post = (what: string, path: string, body: unknown, more: More = {}): Request => ({
  what,
  method: 'POST',
  path,
  body,
  ...more,
});
export const get = (what: string, path: string, query: Request['query'] = {}, more: More = {}): Request => ({
  what,
  method: 'GET',
  path,
  query,
  ...more,
});
export const send = (method: string, what: string, path: string, body: unknown, more: More = {}): Request => ({
  what,
  method,
  path,
  body,
  ...more,
});

/** `count` characters. */
export const long = (count: number, letter = 'x'): string => letter.repeat(count);
/** Just under a limit, at it, just over it. */
export const around = (limit: number): readonly number[] => [limit - 1, limit, limit + 1];
/** A list of `count` things. */
export const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
