import { useState } from 'react';
import { Card, Columns, Stack } from '../card.tsx';
import { ColumnChart } from '../column-chart.tsx';
import { LineChart } from '../line-chart.tsx';
import { share } from '../numbers.ts';
import { Parallel } from '../parallel.tsx';
import type { Range } from '../parallel-scale.ts';
import { chance, learning, range } from './made.ts';
import { AllManyLines } from './many-lines.tsx';

const steps = range(200);
const curve = learning(200, 1);
const slower = learning(200, 2).map((value, step) => value - 0.05 * Math.exp(-step / 60));
const broken = curve.map((value, step) =>
  step > 60 && step < 80 ? null : step === 120 ? Number.NaN : step === 150 ? Number.POSITIVE_INFINITY : value - 0.1,
);
const band = (values: readonly number[], wide: number) => ({
  low: values.map((value, step) => value - wide * (0.5 + chance(step, 3))),
  high: values.map((value, step) => value + wide * (0.5 + chance(step, 4))),
});

const day_ms = 86_400_000;
const first_ms = Date.UTC(2026, 8, 27);
const days = range(56).map((day) => first_ms + day * day_ms);
const estimated = days.map((_, day) => 0.858 + 0.006 * Math.sin(day / 4) - (day > 48 ? (day - 48) * 0.002 : 0));
const realised = estimated.map((value, day) => (day > 45 ? null : value + (chance(day, 9) - 0.5) * 0.01));

/** Lines with every state that a figure can be in, columns, and parallel coordinates. */
export function AllCharts() {
  return (
    <>
      <Columns widths="1fr 1fr">
        <Card title="auc by step" note="shade is the exact minimum and maximum">
          <LineChart
            label="auc by step of three runs; the best ends at 0.9"
            x={steps}
            lines={[
              { name: 'brisk-heron', color: 'c1', values: curve, band: band(curve, 0.02) },
              { name: 'calm-otter', color: 'c2', values: slower, dashed: true },
              { name: 'with a gap, NaN and ∞', color: 'c3', values: broken },
            ]}
            limits={[{ value: 0.5, label: 'limit 0.5' }]}
          />
        </Card>
        <Card title="Share of late flights found" note="dashed is estimated">
          <LineChart
            label="Realised until 11 November, estimated until 21 November: 0.846, limit 0.82"
            time
            x={days}
            lines={[
              { name: 'realised', color: 'c1', values: realised },
              { name: 'estimated', color: 'c2', values: estimated, dashed: true, band: band(estimated, 0.006) },
            ]}
            limits={[{ value: 0.82, label: 'limit 0.82' }]}
            marks={[
              { x: days[20] ?? 0, label: 'v16 live' },
              { x: days[42] ?? 0, label: 'v17 live' },
            ]}
            hatched={[{ from: days[46] ?? 0, to: days[55] ?? 0, label: 'truth not in yet' }]}
            format={share}
          />
        </Card>
      </Columns>
      <Columns widths="1fr 1fr">
        <Stack>
          <Card title="Columns, two sides and a limit">
            <ColumnChart
              label="Shares of six codes in training and now; 6051 is new"
              of="Code"
              sides={[
                { name: 'training', tone: 'reference' },
                { name: 'now', tone: 'now' },
              ]}
              columns={['5411', '5812', '4121', '5999', '7995', '6051'].map((name, index) => ({
                key: name,
                name,
                values: [index === 5 ? null : 0.23 - 0.04 * index, index === 5 ? 0.04 : 0.21 - 0.035 * index],
                strong: index === 5,
              }))}
              limit={{ value: 0.2, label: 'limit 20 %' }}
              format={share}
              names="all"
            />
          </Card>
        </Stack>
        <Card title="A chart without a point">
          <LineChart label="Nothing known yet" x={[]} lines={[{ name: 'auc', color: 'c1', values: [] }]} height={150} />
        </Card>
      </Columns>
      <Parallels />
      <AllManyLines />
    </>
  );
}

const lines = range(400);

function Parallels() {
  const [brushes, setBrushes] = useState<Readonly<Record<string, Range | null>>>({ auc: { from: 0.8, to: 1 } });
  const axes = [
    { key: 'depth', title: 'depth', values: lines.map((line) => 3 + Math.floor(chance(line, 1) * 9)), log: false },
    { key: 'rate', title: 'rate', values: lines.map((line) => 10 ** (-3 + 2.4 * chance(line, 2))), log: true },
    {
      key: 'kind',
      title: 'kind',
      values: lines.map((line) => Math.floor(chance(line, 3) * 3)),
      choices: ['forest', 'gbdt', 'linear'],
      log: false,
    },
    { key: 'auc', title: 'auc', values: lines.map((line) => (line % 40 === 0 ? null : 0.6 + 0.3 * chance(line, 4))), log: false },
  ].map((axis) => ({ ...axis, brush: brushes[axis.key] ?? null }));
  return (
    <Card title="Parallel coordinates" note="400 lines; drag on an axis">
      <Parallel
        label="400 runs over three settings and auc"
        axes={axes}
        onBrush={(key, brush) => setBrushes({ ...brushes, [key]: brush })}
      />
    </Card>
  );
}
