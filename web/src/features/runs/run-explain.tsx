import { Card, Columns } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { share, metric as written } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { words } from '../../words/index.ts';
import type { ListedVersion } from '../models/models-api.ts';
import type { Evaluation } from './evaluation.ts';
import { reliabilityLines } from './reliability.ts';
import styles from './runs.module.css';

/** What the model looks at, and whether what it says happens as often as it says. */
export function RunExplain({ version, evaluation }: { readonly version: ListedVersion | null; readonly evaluation: Evaluation | null }) {
  const importance = Object.entries(version?.importance ?? {}).sort(([, a], [, b]) => b - a);
  const most = importance[0]?.[1] ?? 0;
  const reliability = evaluation ? reliabilityLines([{ name: words.runs.thisRun, points: evaluation.model.reliability }]) : null;
  return (
    <Columns widths="minmax(0, 1fr) minmax(0, 1fr)">
      {version && importance.length > 0 && (
        <Card title={words.runs.importance} note={words.runs.importanceNote(`${version.model} ${words.common.version(version.number)}`)}>
          {importance.map(([name, value]) => (
            <div key={name} className={styles['bar']}>
              <span className="name">{name}</span>
              <Meter label={words.runs.importanceOf(name, share(value))} share={most === 0 ? 0 : value / most} />
              <span className="number">{share(value)}</span>
            </div>
          ))}
        </Card>
      )}
      {reliability && reliability.x.length > 1 && (
        <Card title={words.runs.calibration} note={words.runs.calibrationNote}>
          <LineChart label={words.runs.calibrationLabel} x={reliability.x} lines={reliability.lines} height={280} format={written} />
        </Card>
      )}
    </Columns>
  );
}
