import { Select } from '@mantine/core';
import { SlipwayApiError } from '@slipway/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { ColumnChart } from '../../design/column-chart.tsx';
import { count, share } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { modelsQueries } from '../models/models-api.ts';
import { binsOf } from './distribution.ts';
import { predictionName } from './monitor-view.ts';
import { monitorQueries, type Result } from './monitors-api.ts';

const text = words.monitors.distribution;
/** Rows that are fetched to be counted here; above it the page says so instead. */
const countable = 20_000;

interface Props {
  readonly project: string;
  readonly results: readonly Result[];
  readonly column: string;
}

/** A column's values in one window beside those of the data that the version was trained on. */
export function Distribution({ project, results, column }: Props) {
  const [view, setView] = useView({ window: '' });
  const { when } = useWhen();
  const chosen = results.find(({ id }) => id === view.window) ?? results.at(-1);
  if (!chosen) return null;
  return (
    <Card
      title={text.title}
      note={column}
      action={
        <Select
          size="xs"
          aria-label={text.window}
          data={results.toReversed().map(({ id, window_to_ms }) => ({ value: id, label: when(window_to_ms) }))}
          value={chosen.id}
          onChange={(next) => next !== null && setView({ window: next })}
          allowDeselect={false}
          searchable
        />
      }
    >
      <OfWindow project={project} result={chosen} column={column} />
    </Card>
  );
}

function OfWindow({ project, result, column }: { readonly project: string; readonly result: Result; readonly column: string }) {
  const { deployment: name, version, measurements } = result;
  const ofPrediction = column === predictionName && !(column in measurements.drift);
  const deployment = useQuery(deploymentQueries.one(project, name));
  const model = deployment.data?.model ?? '';
  const trained = useQuery({ ...modelsQueries.version(project, model, version), enabled: deployment.data !== undefined });
  if (ofPrediction) return <p className="second">{text.prediction}</p>;
  if (measurements.served.ok > countable) return <p className="second">{text.tooMany(count(measurements.served.ok))}</p>;
  if (measurements.rows_with_body === 0) return <p className="second">{text.notKept}</p>;
  return (
    <Part of={trained} height={190}>
      {({ dataset_versions: [data] }) =>
        data ? <Compared project={project} result={result} column={column} data={data} /> : <p className="second">{text.noData}</p>
      }
    </Part>
  );
}

interface ComparedProps {
  readonly project: string;
  readonly result: Result;
  readonly column: string;
  readonly data: { readonly dataset: string; readonly number: number };
}

function Compared({ project, result, column, data }: ComparedProps) {
  const { deployment, window_from_ms: from, window_to_ms: to } = result;
  const profile = useQuery({
    ...datasetsQueries.profile(project, data.dataset, data.number, column),
    retry: false,
  });
  const bodies = useQuery(monitorQueries.bodies(project, deployment, from, to));
  if (profile.error instanceof SlipwayApiError && profile.error.code === 'column_not_found')
    return <p className="second">{text.notInData}</p>;
  return (
    <Part of={profile} height={190}>
      {(reference) => (
        <Part of={bodies} height={190}>
          {(rows) =>
            reference && (
              <>
                <ColumnChart
                  label={text.label(column)}
                  of={text.columns.bin}
                  sides={[
                    { name: text.reference(data.dataset, data.number, count(reference.profile.rows)), tone: 'reference' },
                    { name: text.current(count(rows.length)), tone: 'now' },
                  ]}
                  columns={binsOf(
                    reference.profile,
                    rows.map((row) => row[column]),
                  ).map((bin) => ({
                    key: bin.name,
                    name: bin.name,
                    ...(bin.short === undefined ? {} : { short: bin.short }),
                    values: [bin.reference, bin.current],
                  }))}
                  format={share}
                  names="all"
                />
                <Link
                  to="/p/$project/deployments/$deployment"
                  params={{ project, deployment }}
                  search={{ tab: 'predictions', from, to } as never}
                  className="small"
                >
                  {text.rows}
                </Link>
              </>
            )
          }
        </Part>
      )}
    </Part>
  );
}
