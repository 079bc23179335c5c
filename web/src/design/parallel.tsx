import { useComputedColorScheme } from '@mantine/core';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { emptyDensity } from './many-lines-raster.ts';
import { metric } from './numbers.ts';
import styles from './parallel.module.css';
import { addAcross } from './parallel-raster.ts';
import { type Axis, drawnOf, insideOf, type Range, type Scale, scaleOf } from './parallel-scale.ts';
import { pictureOf } from './picture.ts';
import { colors } from './tokens.ts';

export interface ParallelProps {
  /** What is shown, in one sentence with its figures. */
  readonly label: string;
  readonly axes: readonly Axis[];
  readonly onBrush: (key: string, range: Range | null) => void;
  /** px */
  readonly height?: number;
}

const side_px = 52;
const top_px = 34;
const bottom_px = 20;
/** Of each frame; more would hold the page. */
const drawing_ms = 7;

/** A line for each run over axes of settings and measures; all in grey, those inside the brush in blue. Drag on an axis to brush it. */
export function Parallel({ label, axes, onBrush, height = 210 }: ParallelProps) {
  const box = useRef<HTMLDivElement>(null);
  const behind = useRef<HTMLCanvasElement>(null);
  const front = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [draft, setDraft] = useState<{ readonly key: string; readonly range: Range } | null>(null);
  const palette = colors[useComputedColorScheme('light')];
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scales = useMemo(() => axes.map(scaleOf), [axes]);
  const drawn = useMemo(() => drawnOf(axes), [axes]);
  const brushed = useMemo(
    () => (draft ? axes.map((axis) => (axis.key === draft.key ? { ...axis, brush: draft.range } : axis)) : axes),
    [axes, draft],
  );
  const isBrushed = brushed.some(({ brush }) => brush !== null);
  const inside = useMemo(() => {
    const all = insideOf(brushed);
    return isBrushed ? drawn.filter((line) => all[line]) : [];
  }, [brushed, drawn, isBrushed]);
  const shape = useMemo(() => ({ axes, scales, width, height }), [axes, scales, width, height]);
  useEffect(
    () => drawLines(behind.current, shape, drawn, isBrushed ? palette.line.hatch : palette.chart.c1),
    [shape, drawn, palette, isBrushed],
  );
  useEffect(() => drawLines(front.current, shape, inside, palette.chart.c1), [shape, inside, palette]);
  return (
    <div ref={box} className={styles['box']} style={{ height }}>
      <canvas ref={behind} role="img" aria-label={label} />
      <canvas ref={front} />
      {width > 0 &&
        brushed.map((axis, at) => (
          <AxisBox
            key={axis.key}
            axis={axis}
            scale={scales[at] ?? scaleOf(axis)}
            x_px={xOf(at, axes.length, width)}
            height={height}
            edge={at === 0 ? 'first' : at === axes.length - 1 ? 'last' : null}
            onDraft={(range) => setDraft({ key: axis.key, range })}
            onBrush={(range) => {
              setDraft(null);
              onBrush(axis.key, range);
            }}
          />
        ))}
    </div>
  );
}

function xOf(at: number, axes: number, width: number): number {
  return axes < 2 ? width / 2 : side_px + (at / (axes - 1)) * (width - 2 * side_px);
}

interface AxisBoxProps {
  readonly axis: Axis;
  readonly scale: Scale;
  readonly x_px: number;
  readonly height: number;
  readonly edge: 'first' | 'last' | null;
  readonly onDraft: (range: Range) => void;
  readonly onBrush: (range: Range | null) => void;
}

function AxisBox({ axis, scale, x_px, height, edge, onDraft, onBrush }: AxisBoxProps) {
  const tall = height - top_px - bottom_px;
  const write = (value: number) => axis.choices?.[Math.round(value)] ?? metric(value);
  const pull = (event: PointerEvent<HTMLDivElement>) => {
    const { currentTarget: area, pointerId } = event;
    const frame = area.getBoundingClientRect();
    const shareAt = (y: number) => Math.min(1, Math.max(0, 1 - (y - frame.top) / frame.height));
    const start = shareAt(event.clientY);
    const rangeTo = (y: number): Range => {
      const end = shareAt(y);
      const [low, high] = [Math.min(start, end), Math.max(start, end)];
      // At an end of the axis it is open: a rounded limit would leave out the very best.
      return { from: low <= 0 ? Number.NEGATIVE_INFINITY : scale.value(low), to: high >= 1 ? Number.POSITIVE_INFINITY : scale.value(high) };
    };
    area.setPointerCapture(pointerId);
    const move = (now: globalThis.PointerEvent) => onDraft(rangeTo(now.clientY));
    const drop = (now: globalThis.PointerEvent) => {
      area.removeEventListener('pointermove', move);
      onBrush(Math.abs(shareAt(now.clientY) - start) < 0.02 ? null : rangeTo(now.clientY));
    };
    area.addEventListener('pointermove', move);
    area.addEventListener('pointerup', drop, { once: true });
  };
  const { brush } = axis;
  // A brush may be open at one end.
  const share = (value: number) => (value <= scale.from ? 0 : value >= scale.to ? 1 : scale.share(value));
  return (
    <div className={`${styles['axis']} ${edge ? styles[edge] : ''}`} style={{ left: x_px }}>
      <span className={styles['title']} title={axis.title}>
        {axis.title}
        {scale.log && ' (log)'}
      </span>
      <span className={styles['end']} style={{ top: 16 }}>
        {write(scale.to)}
      </span>
      <div className={styles['line']} style={{ top: top_px, height: tall }} />
      {brush && (
        <div
          className={styles['brush']}
          style={{ top: top_px + (1 - share(brush.to)) * tall, height: Math.max(3, (share(brush.to) - share(brush.from)) * tall) }}
        />
      )}
      <div className={styles['hit']} style={{ top: top_px, height: tall }} onPointerDown={pull} />
      <span className={styles['end']} style={{ bottom: 2 }}>
        {write(scale.from)}
      </span>
    </div>
  );
}

interface Shape {
  readonly axes: readonly Axis[];
  readonly scales: readonly Scale[];
  readonly width: number;
  readonly height: number;
}

/** Adds the lines over several frames and stops when told to; where many lie it is darker. What was there stays until then. */
function drawLines(canvas: HTMLCanvasElement | null, shape: Shape, lines: readonly number[], color: string): () => void {
  const { axes, scales, width, height } = shape;
  if (!canvas || width === 0) return () => undefined;
  const ratio = devicePixelRatio;
  const density = emptyDensity(Math.round(width * ratio), Math.round(height * ratio));
  const tall = height - top_px - bottom_px;
  const steps = addAcross(density, {
    axes: axes.map((_, at) => xOf(at, axes.length, width) * ratio),
    lines,
    rowOf: (line, at) => (top_px + (1 - (scales[at]?.share(axes[at]?.values[line] ?? 0) ?? 0)) * tall) * ratio,
    thickness: ratio,
  });
  let frame = 0;
  const draw = (): void => {
    const until = performance.now() + drawing_ms;
    while (performance.now() < until) {
      if (!steps.next().done) continue;
      canvas.width = density.width;
      canvas.height = density.height;
      canvas.getContext('2d')?.drawImage(pictureOf(density, color, lines.length), 0, 0);
      return;
    }
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  return () => cancelAnimationFrame(frame);
}
