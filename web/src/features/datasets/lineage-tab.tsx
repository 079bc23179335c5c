import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Graph } from '../../design/graph.tsx';
import { bytes } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { Story } from '../../design/story.tsx';
import { Table } from '../../design/table.tsx';
import { Age, Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { whyQuery } from '../audit/audit-api.ts';
import { listedExecutions, pipelinesQueries } from '../pipelines/pipelines-api.ts';
import styles from './datasets.module.css';
import { fileAddress } from './datasets-api.ts';
import { lineageGraph, usesOf } from './lineage.ts';
import type { TabProps } from './tab-props.ts';

const { columns, lineage: said } = words.datasets;

/** Where a version comes from, who or what made it, and what was made of it. */
export function LineageTab({ project, version }: TabProps) {
  const executions = useQuery(pipelinesQueries.executions(project)).data;
  const story = useQuery(whyQuery(project, version.event));
  const uses = useMemo(() => usesOf(version.dataset, version.number, executions ?? []), [version, executions]);
  const { nodes, edges } = useMemo(() => lineageGraph(version, uses), [version, uses]);
  return (
    <Stack>
      <Card title={said.title} note={executions && uses.length === 0 ? said.unused : undefined} flush>
        <Graph label={said.graph(words.datasets.named(version.dataset, version.number))} nodes={nodes} edges={edges} maxHeight={360} />
        {executions && executions.length >= listedExecutions && (
          <p className={`${styles['limited']} muted small`}>{said.limited(listedExecutions)}</p>
        )}
      </Card>
      <Columns widths="minmax(0, 1.4fr) minmax(0, 1fr)">
        <Card title={said.story}>
          <Part of={story}>
            {(items) => (
              <Story
                label={said.story}
                items={items.map(({ number, at_ms, who, what }) => ({
                  key: String(number),
                  when: <Age since_ms={at_ms} />,
                  title: what,
                  detail: who,
                }))}
              />
            )}
          </Part>
        </Card>
        <Identity version={version} />
      </Columns>
      <Card title={said.filesCard} note={said.filesNote} flush>
        <Table
          label={said.filesCard}
          rows={version.files}
          keyOf={({ path }) => path}
          columns={[
            {
              key: 'file',
              title: columns.file,
              cell: ({ path }) => (
                <a
                  className="name"
                  href={fileAddress(project, version.dataset, version.number, path)}
                  download={path.slice(path.lastIndexOf('/') + 1)}
                  aria-label={said.download(path)}
                >
                  {path}
                </a>
              ),
            },
            { key: 'size', title: columns.size, number: true, cell: (file) => bytes(file.bytes) },
            { key: 'digest', title: columns.digest, cell: ({ digest }) => <code title={digest}>{digest.slice(0, 16)}</code> },
          ]}
        />
      </Card>
    </Stack>
  );
}

function Identity({ version: { digest, profile_digest, parquet_digest, bytes: size, source, created_at_ms } }: Pick<TabProps, 'version'>) {
  return (
    <Card title={said.identity}>
      <Facts
        facts={[
          [
            said.made,
            <span key="made">
              <Age since_ms={created_at_ms} /> {words.datasets.list.ago}
            </span>,
          ],
          ...(source.kind === 'grown' ? [[said.until, <Moment key="until" at_ms={source.until_ms} />] as const] : []),
          [said.size, bytes(size)],
          ...(
            [
              [said.digest, digest],
              [said.tableDigest, parquet_digest],
              [said.profileDigest, profile_digest],
            ] as const
          ).map(([name, value]) => [name, <code key={name}>{value}</code>] as const),
        ]}
      />
    </Card>
  );
}
