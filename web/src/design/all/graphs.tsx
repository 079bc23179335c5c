import { IconBox, IconDatabase, IconFlask, IconGitBranch, IconRocket } from '@tabler/icons-react';
import { Card } from '../card.tsx';
import { Graph } from '../graph.tsx';
import type { GraphNode } from '../graph-props.ts';
import { hardNames, range } from './made.ts';

const nodes: readonly GraphNode[] = [
  { id: 'data', title: 'departures@11', line: '57,127 rows', icon: IconDatabase, kind: 'good' },
  { id: 'odd', title: hardNames[1], line: 'waits', icon: IconDatabase, kind: 'neutral' },
  { id: 'fit', title: 'fit', line: 'running, 12 s', icon: IconGitBranch, kind: 'running' },
  { id: 'run', title: 'train-12', line: 'failed', icon: IconFlask, kind: 'bad' },
  { id: 'version', title: 'delay v11', line: 'waits for you', icon: IconBox, kind: 'human', chosen: true },
  { id: 'live', title: 'production', line: '25 % of traffic', icon: IconRocket, kind: 'warn' },
];
const edges = ['data fit', 'odd fit', 'fit run', 'run version', 'version live'].map((pair) => {
  const [from = '', to = ''] = pair.split(' ');
  return { from, to };
});

const many = range(340).map((index) => ({ id: `part-${index}`, title: `part ${index + 1}`, line: 'done', icon: IconGitBranch }));

/** A graph of a few boxes in every state, and one of more than anybody reads. */
export function AllGraphs() {
  return (
    <>
      <Card title="Graph">
        <Graph label="What version 11 comes from and where it goes" nodes={nodes} edges={edges} />
      </Card>
      <Card title="Graph of 341 boxes" note="folded; the list has each">
        <Graph
          label="One step that fans out into 340"
          nodes={[{ id: 'start', title: 'start', line: 'done', icon: IconFlask }, ...many]}
          edges={many.map(({ id }) => ({ from: 'start', to: id }))}
        />
      </Card>
    </>
  );
}
