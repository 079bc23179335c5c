import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme, useMantineTheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import { useLatest } from './grid/use-latest.ts';
import { growMass, type Mass, type Shown } from './many-lines-mass.ts';
import type { Hit, ManyLinesProps } from './many-lines-props.ts';
import { nearestLine, type Pointed } from './many-lines-raster.ts';
import { drawStrong } from './many-lines-strong.ts';
import { metric } from './numbers.ts';
import { colors } from './tokens.ts';

type CanvasProps = ManyLinesProps & {
  readonly height: number;
  readonly hit: Hit | null;
  readonly onHit: (hit: Hit | null) => void;
};

/** uPlot draws the axes and hears the pointer; the mass of lines is a picture of our own. A part of its own, as the other charts are. */
export default function ManyLinesCanvas(props: CanvasProps) {
  const { lines, buckets, height, hit, strong } = props;
  const box = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<UPlot | null>(null);
  const [room, setRoom] = useState('');
  const mass = useRef<Mass | null>(null);
  const shown = useRef<Shown | null>(null);
  const palette = colors[useComputedColorScheme('light')];
  const { fontFamily } = useMantineTheme();
  const act = useLatest({
    draw: (drawn: UPlot) => {
      if (!shown.current) return;
      drawn.ctx.drawImage(shown.current.picture, drawn.bbox.left, drawn.bbox.top);
      drawStrong(drawn, { lines, strong, hit, buckets: shown.current.buckets, palette });
    },
    point: (drawn: UPlot) => {
      const { left = -1, top = -1 } = drawn.cursor;
      const next = left < 0 || !shown.current ? null : nearestLine(lines, pointedOf(drawn, shown.current, left, top));
      if (next?.line !== hit?.line || next?.at !== hit?.at) props.onHit(next);
    },
    choose: () => hit && props.onChoose(hit.line.key),
    zoom: (drawn: UPlot) => {
      const { left, width } = drawn.select;
      if (width >= 4) props.onZoom(Math.floor(drawn.posToVal(left, 'x')), Math.ceil(drawn.posToVal(left + width, 'x')));
      drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    },
    back: () => props.onBack(),
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new UPlot(
      optionsOf(act, palette, fontFamily, { width: element.clientWidth, height }),
      [
        [0, 1],
        [null, null],
      ],
      element,
    );
    made.over.addEventListener('click', () => act.choose());
    setPlot(made);
    const resize = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height });
      setRoom(`${made.bbox.width} ${made.bbox.height}`);
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      setPlot(null);
    };
  }, [act, palette, fontFamily, height]);
  const isBehind = strong.size > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture has the size of the plot, which is not known before it was drawn
  useEffect(() => {
    if (!plot) return;
    return growMass({ mass, lines, buckets, size: plot.bbox, color: isBehind ? palette.line.hatch : palette.chart.c1 }, (next) => {
      shown.current = next;
      plot.batch(() => {
        plot.setScale('x', { min: next.buckets.from, max: Math.max(next.buckets.to, next.buckets.from + 1) });
        plot.setScale('y', { min: next.low, max: next.high });
      });
      plot.redraw(false, false);
    });
  }, [plot, room, lines, buckets, palette, isBehind]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands out is drawn anew when it is another
  useEffect(() => plot?.redraw(false, false), [plot, strong, hit]);
  return <div ref={box} />;
}

const asSet: UPlot.Range.Function = (_plot, low, high) => [low ?? 0, high ?? 1];

function pointedOf({ posToVal, over }: UPlot, { buckets: { from, to, size }, low, high }: Shown, left: number, top: number): Pointed {
  return {
    place: (posToVal(left, 'x') - from - (size - 1) / 2) / size,
    value: posToVal(top, 'y'),
    bucket_px: (over.clientWidth * size) / Math.max(1, to - from),
    value_px: over.clientHeight / (high - low),
  };
}

interface Act {
  readonly draw: (plot: UPlot) => void;
  readonly point: (plot: UPlot) => void;
  readonly zoom: (plot: UPlot) => void;
  readonly back: () => void;
}

function optionsOf(
  act: Act,
  palette: (typeof colors)['light' | 'dark'],
  font: string,
  size: { readonly width: number; readonly height: number },
): UPlot.Options {
  const axis = { stroke: palette.text.muted, font: `11px ${font}`, grid: { stroke: palette.line.grid, width: 1 }, ticks: { show: false } };
  return {
    ...size,
    series: [{}, { show: true, scale: 'y' }],
    legend: { show: false },
    padding: [10, 12, 0, 0],
    // As `setScale` says: without it the data would, and there is none.
    scales: { x: { time: false, range: asSet }, y: { range: asSet } },
    axes: [
      { ...axis, grid: { show: false }, size: 26 },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map(metric) },
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          act.back();
          return null;
        },
      },
    },
    hooks: { draw: [act.draw], setCursor: [act.point], setSelect: [act.zoom] },
  };
}
