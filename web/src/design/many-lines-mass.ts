import type { Buckets, ManyLine } from './many-lines-props.ts';
import { addLine, type Density, emptyDensity, spanOfLines } from './many-lines-raster.ts';
import { pictureOf } from './picture.ts';

/** What was added up so far of a list of lines. */
export interface Mass {
  readonly frame: string;
  readonly density: Density;
  readonly added: ManyLine[];
}

/** A finished picture and the scales that it was made for. */
export interface Shown {
  readonly picture: HTMLCanvasElement;
  readonly buckets: Buckets;
  readonly low: number;
  readonly high: number;
}

interface Growing {
  /** Kept from call to call: a list that has only grown is added to. */
  readonly mass: { current: Mass | null };
  readonly lines: readonly ManyLine[];
  readonly buckets: Buckets;
  /** px of the picture */
  readonly size: { readonly width: number; readonly height: number };
  /** As in `#2468C8`. */
  readonly color: string;
}

/** Of each frame; more would hold the page. */
const drawing_ms = 6;

/** Adds the lines over several frames, then shows their picture; answers how to stop it. */
export function growMass({ mass, lines, buckets, size, color }: Growing, show: (shown: Shown) => void): () => void {
  const { low, high } = airOf(lines);
  const frame = { buckets, low, high, thickness: devicePixelRatio };
  const named = [size.width, size.height, buckets.from, buckets.to, buckets.size, low, high].join(' ');
  const old = mass.current;
  const goesOn = old !== null && old.frame === named && old.added.every((line, at) => line === lines[at]);
  const grown: Mass = goesOn ? old : { frame: named, density: emptyDensity(size.width, size.height), added: [] };
  mass.current = grown;
  let request = 0;
  const step = (): void => {
    const until = performance.now() + drawing_ms;
    for (const line of lines.slice(grown.added.length)) {
      if (performance.now() > until) break;
      addLine(grown.density, line, frame);
      grown.added.push(line);
    }
    if (grown.added.length < lines.length) request = requestAnimationFrame(step);
    else show({ picture: pictureOf(grown.density, color, lines.length), buckets, low, high });
  };
  request = requestAnimationFrame(step);
  return () => cancelAnimationFrame(request);
}

function airOf(lines: readonly ManyLine[]): { readonly low: number; readonly high: number } {
  const span = spanOfLines(lines) ?? { low: 0, high: 1 };
  const air = (span.high - span.low || Math.abs(span.high) || 1) * 0.06;
  return { low: span.low >= 0 && span.low < air ? 0 : span.low - air, high: span.high + air };
}
