import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { bytes, duration } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { type Tab, Tabs } from '../../design/tabs.tsx';
import { Moment, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import type { LoadedRunProps } from './loaded-run.ts';
import { RunActions } from './run-actions.tsx';
import { RunExplain } from './run-explain.tsx';
import { RunFiles } from './run-files.tsx';
import { RunHistory } from './run-history.tsx';
import { RunLogs } from './run-logs.tsx';
import { RunMetrics } from './run-metrics.tsx';
import { RunOverview } from './run-overview.tsx';
import { RunSlices } from './run-slices.tsx';
import { RunState } from './run-status.tsx';
import { codeNameOf, inputNameOf, modelMetrics, runSentence, systemMetrics, tagOf } from './run-view.ts';
import styles from './runs.module.css';
import { artifactsQuery, runQuery } from './runs-api.ts';
import { useEvaluation } from './use-evaluation.ts';
import { useVersionsOfRuns } from './use-versions-of-runs.ts';

type TabName = keyof typeof words.runs.tabs;

/** What happened in one run, and what it left. */
export function RunPage() {
  const { project, run } = useNames('project', 'run');
  const asked = useQuery(runQuery(project, run));
  const artifacts = useQuery(artifactsQuery(project, run));
  const versions = useVersionsOfRuns(project);
  if (!asked.data)
    return (
      <Part of={asked} height={400}>
        {() => null}
      </Part>
    );
  const version = versions?.find(({ run_id }) => run_id === run) ?? null;
  return <LoadedRun project={project} run={asked.data} artifacts={artifacts.data?.items ?? []} version={version} />;
}

function LoadedRun(props: LoadedRunProps) {
  const { project, run, artifacts, version } = props;
  const [view, setView] = useView({ tab: 'overview', file: '', slices: '' });
  const { now_ms } = useContext(TimeContext);
  const evaluation = useEvaluation(project, run.id, artifacts);
  const tabs = tabsOf(props, evaluation?.model.slices.length ?? 0);
  const open = tabs.find(({ name }) => name === view.tab)?.name ?? 'overview';
  return (
    <Page
      title={run.name}
      marks={<Marks {...props} />}
      sentence={<span className="name">{runSentence(run, version, now_ms())}</span>}
      actions={<RunActions project={project} run={run} artifacts={artifacts} version={version} />}
      tabs={
        <>
          <RunFacts {...props} />
          <Tabs tabs={tabs} open={open} onOpen={(tab) => setView({ tab })} />
        </>
      }
    >
      {open === 'overview' && <RunOverview {...props} evaluation={evaluation} onTab={(tab) => setView({ tab })} />}
      {open === 'metrics' && <RunMetrics project={project} run={run} metrics={modelMetrics(run)} empty={words.runs.noMetrics} />}
      {open === 'system' && <RunMetrics project={project} run={run} metrics={systemMetrics(run)} empty={words.runs.noSystem} />}
      {open === 'files' && <RunFiles {...props} file={view.file} onFile={(file) => setView({ file })} />}
      {open === 'explain' && <RunExplain version={version} evaluation={evaluation} />}
      {open === 'slices' && evaluation && (
        <RunSlices evaluation={evaluation} metric={view.slices} onMetric={(slices) => setView({ slices })} />
      )}
      {open === 'logs' && <RunLogs project={project} run={run} />}
      {open === 'history' && <RunHistory project={project} run={run.id} />}
    </Page>
  );
}

/** Only what there is: a tab without figures is left out. */
function tabsOf({ run, artifacts, version }: LoadedRunProps, slices: number): Tab<TabName>[] {
  const tab = (name: TabName, count?: number): Tab<TabName> => ({
    name,
    label: words.runs.tabs[name],
    ...(count === undefined ? {} : { count }),
  });
  const system = systemMetrics(run).length;
  return [
    tab('overview'),
    tab('metrics', modelMetrics(run).length),
    ...(system > 0 ? [tab('system', system)] : []),
    tab('files', artifacts.length),
    ...(version && Object.keys(version.importance).length > 0 ? [tab('explain')] : []),
    ...(slices > 0 ? [tab('slices', slices)] : []),
    ...(run.execution_id !== null && run.step !== null ? [tab('logs')] : []),
    tab('history'),
  ];
}

function Marks({ project, run, version }: LoadedRunProps) {
  return (
    <>
      <RunState status={run.status} />
      {run.lifecycle === 'deleted' && <Mark>{words.runs.archived}</Mark>}
      {version && (
        <Link to="/p/$project/models/$model/versions/$version" params={{ project, model: version.model, version: String(version.number) }}>
          <Mark accent>
            {version.model} {words.common.version(version.number)}
          </Mark>
        </Link>
      )}
      <span className="muted small">
        {words.runs.run} <code>{run.id.slice(0, 8)}</code>
      </span>
      <CopyButton value={run.id}>
        {({ copied, copy }) => (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={copied ? words.common.copied : words.runs.copyRunId}
            onClick={copy}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </>
  );
}

const environmentTags = ['slipway.platform', 'slipway.node', 'slipway.python'];

/** Who, when, from what: one line of facts, each left out where it is not known. */
function RunFacts({ project, run }: LoadedRunProps) {
  const { facts } = words.runs;
  const { now_ms } = useContext(TimeContext);
  const code = codeNameOf(run);
  const environment = environmentTags
    .map((key) => tagOf(run, key))
    .filter(Boolean)
    .join(', ');
  const pipeline = tagOf(run, 'slipway.pipeline');
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [facts.started, <Moment key="started" at_ms={run.started_at_ms} />],
    [facts.took, duration((run.ended_at_ms ?? now_ms()) - run.started_at_ms)],
    ...(run.execution_id === null
      ? []
      : ([
          [
            facts.execution,
            <Link key="execution" to="/p/$project/executions/$execution" params={{ project, execution: run.execution_id }}>
              {[pipeline, run.step].filter(Boolean).join(', ')}
            </Link>,
          ],
        ] as const)),
    ...(code === null ? [] : ([[facts.code, <code key="code">{code}</code>]] as const)),
    ...(run.inputs.length === 0 ? [] : ([[facts.data, <code key="data">{run.inputs.map(inputNameOf).join(', ')}</code>]] as const)),
    ...(environment === '' ? [] : ([[facts.environment, environment]] as const)),
    ...(run.cpu_ms === 0 ? [] : ([[facts.cpu, duration(run.cpu_ms)]] as const)),
    ...(run.bytes === 0 ? [] : ([[facts.size, bytes(run.bytes)]] as const)),
  ];
  return (
    <dl className={styles['factsLine']}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="name number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
