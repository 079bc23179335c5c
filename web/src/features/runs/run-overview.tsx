import { SegmentedControl } from '@mantine/core';
import { IconBox, IconDatabase, IconFile, IconGitBranch, IconGitCommit } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { bytes } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import type { Evaluation } from './evaluation.ts';
import type { LoadedRunProps } from './loaded-run.ts';
import { MeasuresCard } from './measures-card.tsx';
import { MetricCurve } from './run-metrics.tsx';
import { SlicesCard } from './run-slices.tsx';
import { codeNameOf, hasCurve, inputNameOf, leadingMetrics, settingsOf, tagOf } from './run-view.ts';
import styles from './runs.module.css';
import { runQuery } from './runs-api.ts';
import { useVersionsOfRuns } from './use-versions-of-runs.ts';

const chartsShown = 4;
const slicesShown = 6;

export interface OverviewProps extends LoadedRunProps {
  readonly evaluation: Evaluation | null;
  readonly onTab: (tab: string) => void;
}

export function RunOverview(props: OverviewProps) {
  const { project, run, evaluation, onTab } = props;
  const curves = leadingMetrics(run).filter(hasCurve).slice(0, chartsShown);
  return (
    <Columns widths="minmax(0, 64fr) minmax(0, 36fr)">
      <Stack>
        {curves.length > 0 && (
          <div className={styles['charts']}>
            {curves.map((metric) => (
              <MetricCurve key={metric.key} project={project} run={run.id} metric={metric} />
            ))}
          </div>
        )}
        <MeasuresCard run={run} evaluation={evaluation} />
        {evaluation && evaluation.model.slices.length > 0 && (
          <SlicesCard evaluation={evaluation} limit={slicesShown} onAll={() => onTab('slices')} />
        )}
      </Stack>
      <Stack>
        <Settings {...props} />
        <FromAndTo {...props} />
      </Stack>
    </Columns>
  );
}

/** The settings, beside those of the version before this one, if a run made it. */
function Settings({ project, run, version }: OverviewProps) {
  const [which, setWhich] = useState<'all' | 'changed'>('all');
  const versions = useVersionsOfRuns(project);
  const before = version
    ? versions?.find(({ model, number, run_id }) => model === version.model && number === version.number - 1 && run_id !== null)
    : undefined;
  const other = useQuery({ ...runQuery(project, before?.run_id ?? ''), enabled: before !== undefined });
  const settings = settingsOf(run, other.data ?? null);
  const changed = settings.filter(({ differs }) => differs);
  const shown = which === 'changed' ? changed : settings;
  return (
    <Card
      title={words.runs.settings}
      note={before && words.runs.against(words.common.version(before.number))}
      action={
        before && (
          <SegmentedControl
            size="xs"
            aria-label={words.runs.settings}
            value={which}
            onChange={(value) => setWhich(value as 'all' | 'changed')}
            data={[
              { value: 'all', label: words.runs.allSettings(settings.length) },
              { value: 'changed', label: words.runs.changedSettings(changed.length) },
            ]}
          />
        )
      }
      flush
    >
      {settings.length === 0 ? (
        <Empty sentence={words.runs.noSettings} />
      ) : (
        <Table
          label={words.runs.settings}
          rows={shown}
          keyOf={({ key }) => key}
          columns={[
            { key: 'key', title: '', cell: ({ key }) => <code className="name">{key}</code> },
            { key: 'value', title: words.runs.thisRun, cell: ({ value }) => <code className="name">{value ?? '–'}</code> },
            ...(before
              ? [
                  {
                    key: 'other',
                    title: words.common.version(before.number),
                    cell: ({ differs, other }: (typeof settings)[number]) =>
                      differs ? (
                        <code className={`name ${styles['changed']}`}>{words.runs.was(other ?? '–')}</code>
                      ) : (
                        <span className="muted">{words.runs.same}</span>
                      ),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Card>
  );
}

/** Data, code, execution, files, version: what it came from and what came of it. */
function FromAndTo({ project, run, artifacts, version }: OverviewProps) {
  const code = codeNameOf(run);
  const size = artifacts.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Card title={words.runs.fromAndTo}>
      <ol className={styles['chain']}>
        {run.inputs.map((input) => (
          <li key={`${input.dataset} ${input.digest}`}>
            <IconDatabase aria-hidden />
            <Link to="/p/$project/datasets/$dataset" params={{ project, dataset: input.dataset }} className="name">
              {inputNameOf(input)}
            </Link>
            <span className="muted small name">{words.runs.readAs(input.context)}</span>
          </li>
        ))}
        {code !== null && (
          <li>
            <IconGitCommit aria-hidden />
            <code>{code}</code>
            <span className="muted small">
              {run.code?.commit ? words.runs.codeOf(run.code.branch, run.code.dirty) : words.runs.codeFiles}
            </span>
          </li>
        )}
        {run.execution_id !== null && (
          <li>
            <IconGitBranch aria-hidden />
            <Link to="/p/$project/executions/$execution" params={{ project, execution: run.execution_id }} className="name">
              {tagOf(run, 'slipway.pipeline') ?? run.execution_id}
            </Link>
            {run.step !== null && <span className="muted small name">{words.runs.stepOf(run.step)}</span>}
          </li>
        )}
        {artifacts.length > 0 && (
          <li>
            <IconFile aria-hidden />
            <b>{words.runs.tabs.files}</b>
            <span className="muted small number">{words.runs.filesLeft(artifacts.length, bytes(size))}</span>
          </li>
        )}
        {version && (
          <li>
            <IconBox aria-hidden />
            <Link
              to="/p/$project/models/$model/versions/$version"
              params={{ project, model: version.model, version: String(version.number) }}
              className="name"
            >
              {version.model} {words.common.version(version.number)}
            </Link>
            <span className="muted small">{words.runs.madeVersion}</span>
          </li>
        )}
      </ol>
    </Card>
  );
}
