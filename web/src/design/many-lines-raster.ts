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
  for (let at = 0; at < cover.length; at++) most = Math.max(most, cover[at] ?? 0);
  const alone = 1 / Math.max(1, Math.log10(lines));
  // By the root of the depth: fine where few lines lie, and a short list where a hundred thousand do.
  const shades = new Uint32Array(Math.ceil(Math.sqrt(most) * shadesOfRoot) + 1);
  for (let shade = 0; shade < shades.length; shade++) {
    const depth = (shade / shadesOfRoot) ** 2;
    const alpha = depth <= 1 ? depth * alone : alone + (1 - alone) * Math.sqrt((depth - 1) / Math.max(1, most - 1));
    shades[shade] = ((Math.round(Math.min(1, alpha) * 255) << 24) | rgb) >>> 0;
  }
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const depth = cover[x * height + y] ?? 0;
      if (depth > 0) into[y * width + x] = shades[Math.round(Math.sqrt(depth) * shadesOfRoot)] ?? 0;
    }
  }
}

const shadesOfRoot = 32;

interface Span {
  readonly low: number;
  readonly high: number;
}

/** Lines come in steps, and with each step all of them are asked. */
const spans = new WeakMap<ManyLine, Span>();

function spanOf(line: ManyLine): Span {
  const known = spans.get(line);
  if (known) return known;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  line.low.forEach((value) => {
    if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
  });
  line.high.forEach((value) => {
    if (value > high && value < Number.POSITIVE_INFINITY) high = value;
  });
  spans.set(line, { low, high });
  return { low, high };
}

/** The least and the greatest value of all that is a finite number; null where nothing is. */
export function spanOfLines(lines: Iterable<ManyLine>): Span | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const line of lines) {
    const span = spanOf(line);
    low = Math.min(low, span.low);
    high = Math.max(high, span.high);
  }
  return low <= high ? { low, high } : null;
}

export interface Pointed {
  /** On the axis, counted in buckets. */
  readonly place: number;
  readonly value: number;
  /** px of one bucket, and of one unit of the values. */
  readonly bucket_px: number;
  readonly value_px: number;
}

/** Nobody points to a single pixel, and a spike is not wider. */
const reach_px = 4;

/** The line whose mean and shade are nearest to what is pointed to; what ended before is not near. */
export function nearestLine(lines: readonly ManyLine[], { place, value, bucket_px, value_px }: Pointed): Hit | null {
  let nearest: Hit | null = null;
  let least = Number.POSITIVE_INFINITY;
  const reach = Math.max(0.5, reach_px / bucket_px);
  const look = (line: ManyLine, at: number): void => {
    const [low, high, mean] = [line.low[at] ?? Number.NaN, line.high[at] ?? Number.NaN, line.mean[at] ?? Number.NaN];
    const away_px = Math.abs((line.bucket[at] ?? 0) - place) * bucket_px;
    const distance = (Math.max(low - value, value - high, 0) + Math.abs(mean - value)) * value_px + away_px;
    if (distance < least) [nearest, least] = [{ line, at }, distance];
  };
  for (const line of lines) {
    const { bucket } = line;
    if (place < (bucket[0] ?? 0) - reach || place > (bucket.at(-1) ?? 0) + reach) continue;
    const first = firstFrom(bucket, place - reach);
    let at = first;
    for (; at < bucket.length && (bucket[at] ?? 0) <= place + reach; at++) look(line, at);
    // Points far apart: the one before and the one behind.
    if (at === first) for (const one of [first - 1, first]) if (one >= 0 && one < bucket.length) look(line, one);
  }
  return nearest;
}

/** Place of the first bucket that is not before. */
function firstFrom(bucket: readonly number[], place: number): number {
  let [from, to] = [0, bucket.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((bucket[middle] ?? 0) < place) from = middle + 1;
    else to = middle;
  }
  return from;
}
