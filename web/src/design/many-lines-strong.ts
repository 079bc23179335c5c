import type UPlot from 'uplot';
import type { Buckets, Hit, ManyLine, StrongColor } from './many-lines-props.ts';
import type { colors } from './tokens.ts';

interface Strong {
  readonly lines: readonly ManyLine[];
  readonly strong: ReadonlyMap<string, StrongColor>;
  readonly hit: Hit | null;
  readonly buckets: Buckets;
  readonly palette: (typeof colors)['light' | 'dark'];
}

/** Lines that stand out: the shade is the exact minimum and maximum, the line the mean; a dot where the pointer reads. */
export function drawStrong(plot: UPlot, { lines, strong, hit, buckets, palette }: Strong): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const toX = (bucket: number) =>
    plot.valToPos(Math.min(buckets.to, buckets.from + bucket * buckets.size + (buckets.size - 1) / 2), 'x', true);
  const toY = (value: number) => Math.min(top + height, Math.max(top, plot.valToPos(value, 'y', true)));
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  const draw = (line: ManyLine, color: string, weight: number, dashed: boolean): void => {
    const xs = line.bucket.map(toX);
    const trace = (values: Float64Array, backwards: boolean) => {
      for (let step = 0; step < xs.length; step++) {
        const at = backwards ? xs.length - 1 - step : step;
        const value = values[at] ?? Number.NaN;
        if (!Number.isNaN(value)) ctx.lineTo(xs[at] ?? 0, toY(value));
      }
    };
    ctx.fillStyle = `${color}33`;
    ctx.beginPath();
    trace(line.high, false);
    trace(line.low, true);
    ctx.fill();
    ctx.strokeStyle = color;
    ctx.lineWidth = weight * devicePixelRatio;
    ctx.setLineDash(dashed ? [7 * devicePixelRatio, 3 * devicePixelRatio] : []);
    ctx.beginPath();
    trace(line.mean, false);
    ctx.stroke();
  };
  const chosen = lines.filter(({ key }) => strong.has(key));
  chosen.forEach((line, nth) => {
    if (line !== hit?.line) draw(line, palette.chart[strong.get(line.key) ?? 'c1'], 1.6, nth % 2 === 1);
  });
  if (hit) {
    const { line, at } = hit;
    const color = strong.get(line.key);
    const drawnIn = color ? palette.chart[color] : palette.text.default;
    draw(line, drawnIn, 2.2, false);
    ctx.fillStyle = drawnIn;
    ctx.beginPath();
    ctx.arc(toX(line.bucket[at] ?? 0), toY(line.mean[at] ?? Number.NaN), 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}
