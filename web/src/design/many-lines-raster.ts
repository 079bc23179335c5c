import type { Buckets, Hit, ManyLine } from './many-lines-props.ts';

/**
 * A thousand curves as a picture of how many go through each pixel. A canvas would stroke each line anew, which takes it seconds; this
 * adds up spans of columns, which takes tens of milliseconds, and no spike is lost between two pixels.
 */

/** How many lines cover each pixel, column after column. */
export interface Density {
  readonly width: number;
  readonly height: number;
  readonly cover: Float32Array;
}

/** Where things lie in the picture. */
export interface Frame {
  readonly buckets: Buckets;
  /** Values at the lower and the upper edge. */
  readonly low: number;
  readonly high: number;
  /** px of the picture */
  readonly thickness: number;
}

export function emptyDensity(width: number, height: number): Density {
  return { width, height, cover: new Float32Array(width * height) };
}

/** The middle of a bucket as a share of the axis. */
function shareOf({ from, to, size }: Buckets, bucket: number): number {
  return to === from ? 0.5 : Math.min(1, (bucket * size + (size - 1) / 2) / (to - from));
}

/** Adds the spans of one line; a column counts it once however many buckets lie in it. */
export function addLine(density: Density, { bucket, low, high }: ManyLine, frame: Frame): void {
  const { width, height, cover } = density;
  const half = frame.thickness / 2;
  const scale = height / (frame.high - frame.low);
  const toY = (value: number) => Math.min(height, Math.max(0, (frame.high - value) * scale));
  let column = -1;
  let top = 0;
  let bottom = 0;
  const flush = (): void => {
    if (column < 0 || column >= width) return;
    const [from, to] = [Math.max(0, top - half), Math.min(height, bottom + half)];
    const start = column * height;
    for (let y = Math.floor(from); y < to; y++) {
      const at = start + y;
      cover[at] = (cover[at] ?? 0) + Math.min(to, y + 1) - Math.max(from, y);
    }
  };
  const span = (at: number, upper: number, lower: number): void => {
    if (at === column) {
      if (upper < top) top = upper;
      if (lower > bottom) bottom = lower;
      return;
    }
    flush();
    [column, top, bottom] = [at, upper, lower];
  };
  let isOn = false;
  let [x, upper, lower] = [0, 0, 0];
  for (let place = 0; place < bucket.length; place++) {
    const value = high[place] ?? Number.NaN;
    if (Number.isNaN(value)) {
      isOn = false;
      continue;
    }
    const toX = shareOf(frame.buckets, bucket[place] ?? 0) * (width - 1) + 0.5;
    const [toUpper, toLower] = [toY(value), toY(low[place] ?? value)];
    if (isOn) {
      const wide = toX - x;
      for (let at = Math.floor(x); at <= toX; at++) {
        const begin = wide === 0 ? 0 : Math.max(0, at - x) / wide;
        const end = wide === 0 ? 1 : Math.min(wide, at + 1 - x) / wide;
        const [upA, upB] = [upper + (toUpper - upper) * begin, upper + (toUpper - upper) * end];
        const [lowA, lowB] = [lower + (toLower - lower) * begin, lower + (toLower - lower) * end];
        span(at, Math.min(upA, upB), Math.max(lowA, lowB));
      }
    } else span(Math.floor(toX), toUpper, toLower);
    isOn = true;
    [x, upper, lower] = [toX, toUpper, toLower];
  }
  flush();
}

/** A lone line stays seen among a thousand, and where many lie it is darker, by the root of how many. */
export function paint({ width, height, cover }: Density, color: readonly [number, number, number], lines: number, into: Uint32Array): void {
  const [red, green, blue] = color;
  const rgb = (blue << 16) | (green << 8) | red;
  let most = 1;
  for (const one of cover) if (one > most) most = one;
  const alone = 1 / Math.max(1, Math.log10(lines));
  const shades = new Uint32Array(Math.ceil(most * shadesOfLine) + 1);
  for (let shade = 0; shade < shades.length; shade++) {
    const depth = shade / shadesOfLine;
    const alpha = depth <= 1 ? depth * alone : alone + (1 - alone) * Math.sqrt((depth - 1) / Math.max(1, most - 1));
    shades[shade] = ((Math.round(Math.min(1, alpha) * 255) << 24) | rgb) >>> 0;
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) into[y * width + x] = shades[Math.round((cover[x * height + y] ?? 0) * shadesOfLine)] ?? 0;
  }
}

const shadesOfLine = 16;

/** The least and the greatest value of all that is a finite number; null where nothing is. */
export function spanOfLines(lines: Iterable<ManyLine>): { readonly low: number; readonly high: number } | null {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { low, high } of lines) {
    for (const value of low) if (value < least && value > Number.NEGATIVE_INFINITY) least = value;
    for (const value of high) if (value > most && value < Number.POSITIVE_INFINITY) most = value;
  }
  return least <= most ? { low: least, high: most } : null;
}

/** Of buckets. What ended further away is not near. */
const reach = 4;

/** The line whose shade and mean are nearest to a value at a place of the axis, which is counted in buckets. */
export function nearestLine(lines: readonly ManyLine[], place: number, value: number): Hit | null {
  let nearest: Hit | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const at = nearestBucket(line.bucket, place);
    if (at === null) continue;
    const [low, high, mean] = [line.low[at] ?? Number.NaN, line.high[at] ?? Number.NaN, line.mean[at] ?? Number.NaN];
    const distance = Math.max(low - value, value - high, 0) + Math.abs(mean - value);
    if (distance < least) [nearest, least] = [{ line, at }, distance];
  }
  return nearest;
}

function nearestBucket(bucket: readonly number[], place: number): number | null {
  let [from, to] = [0, bucket.length - 1];
  if (to < 0 || place < (bucket[0] ?? 0) - reach || place > (bucket[to] ?? 0) + reach) return null;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((bucket[middle] ?? 0) < place) from = middle + 1;
    else to = middle;
  }
  return from > 0 && place - (bucket[from - 1] ?? 0) < (bucket[from] ?? 0) - place ? from - 1 : from;
}
