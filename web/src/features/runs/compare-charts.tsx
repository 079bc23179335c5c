import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Card, Columns } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { words } from '../../words/index.ts';
import type { MeasureRow } from './comparison.ts';
import { RunCurves } from './curves.tsx';
import { readEvaluation } from './evaluation.ts';
import { reliabilityLines } from './reliability.ts';
import { hasCurve } from './run-view.ts';
import { artifactsQuery, artifactTextQuery, type RunDetail } from './runs-api.ts';
import { evaluationFile } from './use-evaluation.ts';

/** More lines than this cannot be told apart. */
const linesLimit = 6;

/** Curves of the first measures that have them, and whether what was said happened, for up to six runs. */
export function CompareCharts({
  project,
  runs,
  measures,
}: {
  readonly project: string;
  readonly runs: readonly RunDetail[];
  readonly measures: readonly MeasureRow[];
}) {
  const drawn = runs.slice(0, linesLimit);
  const curved = measures
    .filter(({ key }) => drawn.some(({ metrics }) => metrics.some((metric) => metric.key === key && hasCurve(metric))))
    .slice(0, 2);
  return (
    <Columns widths={`repeat(auto-fit, minmax(min(100%, 360px), 1fr))`}>
      {curved.map(({ key }) => (
        <RunCurves key={key} project={project} metric={key} runs={drawn} height={190} />
      ))}
      <Calibration project={project} runs={drawn} />
    </Columns>
  );
}

function Calibration({ project, runs }: { readonly project: string; readonly runs: readonly RunDetail[] }) {
  const lists = useQueries({ queries: runs.map(({ id }) => artifactsQuery(project, id)) });
  const texts = useQueries({
    queries: runs.map(({ id }, at) => {
      const file = evaluationFile(lists[at]?.data?.items ?? []);
      return { ...artifactTextQuery(project, id, file?.path ?? ''), enabled: file !== undefined };
    }),
  });
  const stamp = texts.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ') + runs.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the times of the answers stand for the answers
  const { x, lines } = useMemo(
    () =>
      reliabilityLines(
        runs.flatMap(({ name }, at) => {
          const evaluation = readEvaluation(texts[at]?.data ?? '');
          return evaluation && evaluation.model.reliability.length > 1 ? [{ name, points: evaluation.model.reliability }] : [];
        }),
      ),
    [stamp],
  );
  if (x.length < 2) return null;
  return (
    <Card title={words.runs.calibration} note={words.runs.calibrationNote}>
      <LineChart label={words.runs.calibrationLabel} x={x} lines={lines} height={190} />
    </Card>
  );
}
