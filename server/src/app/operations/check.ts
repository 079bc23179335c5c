/** One thing that the doctor looked at. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What was looked at, or what is wrong. */
  readonly found: string;
  /** What to do now; null when all is well. */
  readonly todo: string | null;
}

/** How many problems of one kind are named; the rest are counted. */
export const namedLimit = 5;

export const restoreTodo =
  'Stop the server, and restore the newest backup from before this into an empty folder: `slipway restore BACKUP --data DIR`.';
export const reportTodo =
  'This is a fault of the program or of the disk. Please report it with this line; keep the newest backup from before it.';

/** Makes a check of the problems that were found. */
export function verdict(check: string, problems: readonly string[], well: string, todo: string): Check {
  if (problems.length === 0) return { check, ok: true, found: well, todo: null };
  const more = problems.length > namedLimit ? `; and ${problems.length - namedLimit} more` : '';
  return { check, ok: false, found: problems.slice(0, namedLimit).join('; ') + more, todo };
}
