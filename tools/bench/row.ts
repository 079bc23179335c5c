/** What a row found in one of its runs: figure by name, unit last in the name (`start_ms`, `memory_MB`). */
export type Figures = Readonly<Record<string, number>>;

/** One line of the benchmark table: a workload, measured for us and, where there is one, for the peer, in turn. */
export interface BenchRow {
  readonly name: string;
  /** What is done, on which data, and what is counted: enough to repeat it by hand. */
  readonly what: string;
  readonly runs: number;
  /** Made once before the first run: data, a bundle, an environment. Answers how to undo it. */
  readonly prepare?: () => Promise<() => Promise<void>>;
  /** Each subject is measured once per round, so that a busy moment of the machine meets all of them. */
  readonly subjects: readonly { readonly name: string; readonly version: string; readonly measure: () => Promise<Figures> }[];
}

/** How much of a workload is done: all of it, or as much as shows within minutes where it stands. */
export interface Scale {
  readonly short: boolean;
  /** Only subjects whose name contains this are measured, and so need to be made ready. */
  readonly subject: string;
  /** Whether rows that can also measure ours with its rows in Postgres. */
  readonly postgres: boolean;
}
