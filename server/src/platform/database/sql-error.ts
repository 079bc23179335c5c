/** A statement that the database refused, or could not be asked. */
export class SqlError extends Error {
  /** A second row under a unique key. */
  readonly isUniqueViolation: boolean;

  constructor(message: string, isUniqueViolation: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SqlError';
    this.isUniqueViolation = isUniqueViolation;
  }
}

/** True for a second row under a unique key. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof SqlError && error.isUniqueViolation;
}
