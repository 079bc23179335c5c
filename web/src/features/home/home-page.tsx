import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNames, useView } from '../../client/view.ts';
import { Columns } from '../../design/card.tsx';
import { Page } from '../../design/page.tsx';
import { words } from '../../words/index.ts';
import { useProject } from '../access/access-api.ts';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { AttentionList } from './attention-list.tsx';
import { FirstRun } from './first-run.tsx';
import { Happening } from './happening.tsx';
import styles from './home.module.css';
import { Loop } from './loop.tsx';
import { needsPerson, stateSentence } from './sentence.ts';
import { ServiceTable } from './service-table.tsx';

const day_ms = 86_400_000;
const ranges = { '1d': day_ms, '7d': 7 * day_ms, '30d': 30 * day_ms } as const;
type RangeName = keyof typeof ranges;

/** Is the loop turning, and what do you want from me? */
export function HomePage() {
  const { project: name } = useNames('project');
  const project = useProject(name);
  const [view, setView] = useView({ range: '7d' });
  const range: RangeName = view.range in ranges ? (view.range as RangeName) : '7d';
  // To the hour, so that the question stays the same while nothing changes.
  const now_ms = Math.ceil(project.now_ms / 3_600_000) * 3_600_000;
  const window = { from_ms: now_ms - ranges[range], now_ms, words: words.home.ranges[range] };
  const deployments = useQuery(deploymentQueries.list(name)).data;
  const datasets = useQuery(datasetsQueries.list(name)).data;
  const executions = useQuery(pipelinesQueries.executions(name)).data;
  const incidents = useQuery(monitorQueries.open(name, 'incident')).data;
  const approvals = useQuery(approvalsQuery(name, 'requested')).data;
  const empty = datasets?.length === 0 && deployments?.length === 0 && executions?.length === 0;
  return (
    <Page
      title={name}
      sentence={
        deployments &&
        incidents &&
        approvals && (
          <>
            {stateSentence(deployments, incidents.length)}{' '}
            <b className={approvals.length > 0 ? styles['person'] : undefined}>{needsPerson(approvals.length)}</b>
          </>
        )
      }
      actions={
        <SegmentedControl
          size="xs"
          aria-label={words.home.range}
          value={range}
          onChange={(next) => setView({ range: next })}
          data={Object.entries(words.home.ranges).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      {empty ? (
        <FirstRun />
      ) : (
        <>
          <Loop project={name} window={window} />
          <Columns widths="minmax(0, 2.15fr) minmax(0, 1fr)" even>
            <AttentionList project={name} />
            <Happening project={name} />
          </Columns>
          <ServiceTable project={name} window={window} />
        </>
      )}
    </Page>
  );
}
