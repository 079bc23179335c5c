import { useQueries, useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { Graph } from '../../design/graph.tsx';
import { count } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { runQuery } from '../runs/runs-api.ts';
import { lineageOf } from './lineage.ts';
import styles from './models.module.css';
import { VerdictCard } from './verdict-card.tsx';
import { VersionSide } from './version-side.tsx';
import type { VersionTabProps } from './version-tab.ts';

/** Versions at the left; the verdict with its criteria; where the version comes from and goes. */
export function OverviewTab(props: VersionTabProps) {
  return (
    <div className={styles['overview']}>
      <VersionSide {...props} />
      <div className={styles['stack']}>
        <VerdictCard {...props} />
        <Lineage {...props} />
      </div>
    </div>
  );
}

function Lineage({ project, version, facts }: VersionTabProps) {
  const execution = useQuery(pipelinesQueries.executions(project)).data?.find(({ id }) => id === version.execution_id);
  const run = useQuery({ ...runQuery(project, version.run_id ?? ''), enabled: version.run_id !== null }).data;
  const data = useQueries({
    queries: version.dataset_versions.map(({ dataset, number }) => datasetsQueries.version(project, dataset, number)),
  });
  const rows = new Map(data.flatMap((one) => (one.data ? [[`${one.data.dataset}@${one.data.number}`, one.data.rows]] : [])));
  const { nodes, edges } = lineageOf({
    version,
    execution,
    run: run?.name,
    outside: [...new Set(run?.inputs.filter((input) => input.version === null).map(({ dataset }) => dataset))],
    rows,
    deployments: facts.deployments,
    spans: facts.spans,
  });
  return (
    <Card title={words.models.lineage.title} note={words.models.lineage.things(count(nodes.length))} flush>
      <Graph label={words.models.lineage.label(version.model, version.number)} nodes={nodes} edges={edges} maxHeight={300} />
    </Card>
  );
}
