/** Invented figures that are the same each time. */

/** A number from 0 to 1 that looks like chance, from whole numbers. */
export function chance(...of: readonly number[]): number {
  let mixed = 0x9e3779b9;
  for (const one of of) {
    mixed = Math.imul(mixed ^ one, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) / 2 ** 32;
}

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** A curve that rises and levels out, with noise. */
export function learning(length: number, seed: number): number[] {
  return range(length).map((step) => 0.9 - 0.5 * Math.exp(-step / (length / 6)) + (chance(step, seed) - 0.5) * 0.02);
}

/** Names as people type them: plain, long, in another script, turned, and markup. */
export const hardNames = [
  'departures',
  'a-name-without-any-space-that-goes-on-and-on-and-on-until-it-does-not-fit-its-place',
  '<img src=x onerror=alert(1)>',
  'a\u202Eexe.gnp',
  '出発便 🦢',
] as const;
