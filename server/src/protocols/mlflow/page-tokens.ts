import { invalid } from './refusal.ts';

/** Pages of lists that are made whole and then cut: a token is the base64 of its offset, as MLflow's are. */
export function writeOffset(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64');
}

export function readOffset(token: string): number {
  if (token === '') return 0;
  try {
    const told: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    const offset = typeof told === 'object' && told !== null && 'offset' in told ? told.offset : null;
    if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset;
  } catch {
    // Said below: it is none of ours.
  }
  throw invalid('Invalid page token, could not base64-decode');
}
