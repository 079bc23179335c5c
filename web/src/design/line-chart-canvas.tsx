import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme, useMantineTheme } from '@mantine/core';
import { memo, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Line, LineChartProps } from './line-chart-props.ts';
import { metric } from './numbers.ts';
import { colors } from './tokens.ts';

type CanvasProps = LineChartProps & { readonly height: number; readonly format: (value: number) => string; readonly zone: string };
type Palette = (typeof colors)['light' | 'dark'];

/**
 * uPlot draws; this turns our props into its options. A part of its own, so that pages without a chart do not fetch it. Made anew where
 * a prop is another one: that costs tens of milliseconds, so what only stands around it must not do so.
 */
export default memo(function LineChartCanvas(props: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const palette = colors[useComputedColorScheme('light')];
  const { fontFamily } = useMantineTheme();
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const options = optionsOf(props, palette, fontFamily, element.clientWidth);
    const plot = new UPlot(options, dataOf(props), element);
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: props.height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [props, palette, fontFamily]);
  return <div ref={box} />;
});

type Values = readonly (number | null)[];

/** uPlot wants x, then one array a series; a band is two series more, filled between. Its times are seconds. */
function dataOf({ x, time, lines }: CanvasProps): UPlot.AlignedData {
  const xs = time ? x.map((at_ms) => at_ms / 1000) : [...x];
  return [xs, ...lines.flatMap(({ values, band }) => [values, ...(band ? [band.high, band.low] : [])].map(drawable))] as UPlot.AlignedData;
}

/** What has no place on an axis is a gap, with a mark at the edge (`drawOdd`): a line through it would hide it. */
const drawable = (values: Values): Values => values.map((value) => (value !== null && Number.isFinite(value) ? value : null));

function optionsOf(props: CanvasProps, palette: Palette, font: string, width: number): UPlot.Options {
  const { lines, height, format, time = false, zone, cursor, onZoom } = props;
  const series: UPlot.Series[] = [{}];
  const bands: UPlot.Band[] = [];
  for (const line of lines) {
    series.push(lineSeries(line, palette));
    if (!line.band) continue;
    const edge = { stroke: 'transparent', points: { show: false }, spanGaps: line.joined ?? false };
    bands.push({ series: [series.length, series.length + 1], fill: `${palette.chart[line.color]}29` });
    series.push({ ...edge, label: `${line.name} high` }, { ...edge, label: `${line.name} low` });
  }
  const axis = { stroke: palette.text.muted, font: `11px ${font}`, grid: { stroke: palette.line.grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    series,
    bands,
    legend: { show: false },
    padding: [10, time ? 24 : 12, 0, 0],
    ...(time ? { tzDate: (seconds: number) => UPlot.tzDate(new Date(seconds * 1000), zone) } : {}),
    scales: { x: { time }, y: { range: (_plot, low, high) => spanOf(low, high, props) } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, ...(time ? { values: (_plot, ticks) => timesOf(ticks, zone), space: 72 } : {}) },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map(format) },
    ],
    cursor: { ...(cursor === undefined ? {} : { sync: { key: cursor } }), drag: { x: onZoom !== undefined, y: false, setScale: false } },
    hooks: {
      drawClear: [(plot) => drawHatched(plot, props, palette, font)],
      draw: [
        (plot) => drawLimits(plot, props, palette, font),
        (plot) => drawMarks(plot, props, palette, font),
        (plot) => drawOdd(plot, props, palette, font),
      ],
      setSelect: [
        (plot) => {
          if (!onZoom || plot.select.width < 4) return;
          const at = (px: number) => plot.posToVal(px, 'x') * (time ? 1000 : 1);
          onZoom(at(plot.select.left), at(plot.select.left + plot.select.width));
        },
      ],
    },
  };
}

/** Days, or hours and minutes where the ticks are closer than a day; the year where it is not the same all along. */
function timesOf(ticks: readonly number[], zone: string): string[] {
  const [first = 0, second = first] = ticks;
  const year = (at: number) => new Intl.DateTimeFormat('en-GB', { year: 'numeric', timeZone: zone }).format(at * 1000);
  const years = year(first) !== year(ticks.at(-1) ?? first);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    ...(second - first < 86_400
      ? { hour: '2-digit', minute: '2-digit' }
      : { day: 'numeric', month: 'short', ...(years ? { year: '2-digit' } : {}) }),
  } as const);
  return ticks.map((at) => format.format(at * 1000));
}

function lineSeries({ name, color, dashed, joined = false, values }: Line, palette: Palette): UPlot.Series {
  // A lone point has no line: only as a dot is it there at all.
  const lonely = values.filter((value) => value !== null).length < 3;
  return {
    label: name,
    stroke: palette.chart[color],
    width: 1.6,
    spanGaps: joined,
    ...(dashed ? { dash: [7, 3] } : {}),
    points: { show: lonely, size: 5, fill: palette.chart[color] },
  };
}

/** Limits count as values, so that the line is shown before it is crossed. */
function spanOf(low: number | null, high: number | null, { limits = [] }: CanvasProps): [number, number] {
  const values = [low, high, ...limits.map(({ value }) => value)].filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (values.length === 0) return [0, 1];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const air = (most - least || Math.abs(most) || 1) * 0.08;
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}

const inside = (plot: UPlot) => plot.bbox;
const toX = (plot: UPlot, at: number, time: boolean | undefined) => plot.valToPos(time ? at / 1000 : at, 'x', true);

function drawLimits(plot: UPlot, { limits = [] }: CanvasProps, palette: Palette, font: string): void {
  const { ctx } = plot;
  const { left, width } = inside(plot);
  ctx.save();
  ctx.strokeStyle = palette.bad.graphic;
  ctx.fillStyle = palette.bad.text;
  ctx.lineWidth = devicePixelRatio * 1.2;
  ctx.font = `600 ${11 * devicePixelRatio}px ${font}`;
  ctx.textAlign = 'left';
  for (const { value, label } of limits) {
    const y = plot.valToPos(value, 'y', true);
    ctx.setLineDash([7 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.fillText(label, left + 4 * devicePixelRatio, y - 5 * devicePixelRatio);
  }
  ctx.restore();
}

function drawMarks(plot: UPlot, { marks = [], time }: CanvasProps, palette: Palette, font: string): void {
  const { ctx } = plot;
  const { top, height, left, width } = inside(plot);
  ctx.save();
  ctx.strokeStyle = palette.line.strong;
  ctx.fillStyle = palette.text.secondary;
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px ${font}`;
  let taken = Number.NEGATIVE_INFINITY;
  for (const { x, label } of marks.toSorted((a, b) => a.x - b.x)) {
    const at = toX(plot, x, time);
    if (at < left || at > left + width) continue;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, top + height);
    ctx.stroke();
    ctx.textAlign = at > left + width * 0.9 ? 'right' : 'left';
    // Where there is no room the line stands without its name.
    const wide = ctx.measureText(label).width + 8 * devicePixelRatio;
    const [from, to] = ctx.textAlign === 'left' ? [at, at + wide] : [at - wide, at];
    if (from < taken) continue;
    taken = to;
    ctx.fillText(label, at + (ctx.textAlign === 'left' ? 4 : -4) * devicePixelRatio, top + 10 * devicePixelRatio);
  }
  ctx.restore();
}

/** `NaN` and `−∞` at the foot, `+∞` at the top, in the colour of the line that has them; one mark where several lie close. */
function drawOdd(plot: UPlot, { x, time, lines }: CanvasProps, palette: Palette, font: string): void {
  const { ctx } = plot;
  const { top, height } = inside(plot);
  ctx.save();
  ctx.font = `600 ${10 * devicePixelRatio}px ${font}`;
  ctx.textAlign = 'center';
  for (const { values, color } of lines) {
    ctx.fillStyle = palette.chart[color];
    let taken = Number.NEGATIVE_INFINITY;
    values.forEach((value, index) => {
      const at = toX(plot, x[index] ?? 0, time);
      if (value === null || Number.isFinite(value) || at < taken) return;
      taken = at + 28 * devicePixelRatio;
      ctx.fillText(metric(value), at, value > 0 ? top + 10 * devicePixelRatio : top + height - 4 * devicePixelRatio);
    });
  }
  ctx.restore();
}

function drawHatched(plot: UPlot, { hatched = [], time }: CanvasProps, palette: Palette, font: string): void {
  const { ctx } = plot;
  const { left, top, width, height } = inside(plot);
  for (const { from, to, label } of hatched) {
    const start = Math.max(left, toX(plot, from, time));
    const end = Math.min(left + width, toX(plot, to, time));
    if (end <= start) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(start, top, end - start, height);
    ctx.fillStyle = palette.surface.subtle;
    ctx.fill();
    ctx.clip();
    ctx.strokeStyle = palette.line.hatch;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    for (let at = start - height; at < end; at += 7 * devicePixelRatio) {
      ctx.moveTo(at, top + height);
      ctx.lineTo(at + height, top);
    }
    ctx.stroke();
    nameHatched(ctx, { label, x: (start + end) / 2, y: top + height / 2, room: end - start }, palette, font);
    ctx.restore();
  }
}

/** In the middle on a ground of its own, since marks stand at the top; upright where the stretch is narrow. */
function nameHatched(
  ctx: CanvasRenderingContext2D,
  at: { readonly label: string; readonly x: number; readonly y: number; readonly room: number },
  palette: Palette,
  font: string,
): void {
  ctx.font = `${11 * devicePixelRatio}px ${font}`;
  const wide = ctx.measureText(at.label).width + 8 * devicePixelRatio;
  const tall = 16 * devicePixelRatio;
  ctx.translate(at.x, at.y);
  if (wide > at.room) ctx.rotate(-Math.PI / 2);
  ctx.fillStyle = palette.surface.subtle;
  ctx.fillRect(-wide / 2, -tall / 2, wide, tall);
  ctx.fillStyle = palette.text.secondary;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(at.label, 0, 0);
}
