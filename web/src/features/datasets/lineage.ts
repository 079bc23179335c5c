import { IconBox, IconDatabase, IconFiles, IconGitBranch, IconRocket } from '@tabler/icons-react';
import type { GraphEdge, GraphNode } from '../../design/graph-props.ts';
import { count } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';
import type { Version } from './datasets-api.ts';

const said = words.datasets.lineage;

/** Executions that worked on this very version. */
export function usesOf(dataset: string, number: number, executions: readonly Execution[]): Execution[] {
  return executions.filter(({ inputs }) => inputs?.[dataset] === number);
}

/** Where a version comes from and what was made of it. */
export function lineageGraph(version: Version, uses: readonly Execution[]): { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] } {
  const { dataset, number, source, files } = version;
  const path = `/datasets/${encodeURIComponent(dataset)}`;
  const before: GraphNode[] =
    source.kind === 'files'
      ? [{ id: 'files', icon: IconFiles, title: said.files(files.length), line: said.source }]
      : [
          {
            id: 'base',
            icon: IconDatabase,
            title: words.datasets.named(dataset, source.base),
            line: said.base,
            href: `${path}?version=${source.base}&tab=lineage`,
          },
          {
            id: 'deployment',
            icon: IconRocket,
            title: source.deployment,
            line: said.served(count(source.served_rows)),
            href: `/deployments/${encodeURIComponent(source.deployment)}`,
          },
        ];
  const own: GraphNode = { id: 'own', icon: IconDatabase, title: words.datasets.named(dataset, number), line: said.this, chosen: true };
  const made = uses.flatMap(({ id, model, version: out }) =>
    model === null || out === null ? [] : [{ from: id, id: `${model} ${out}`, model, out }],
  );
  return {
    nodes: [
      ...before,
      own,
      ...uses.map(
        ({ id, pipeline, number: at, state }): GraphNode => ({
          id,
          icon: IconGitBranch,
          title: said.execution(pipeline, at),
          line: words.pipelines.states[state],
          href: `/executions/${id}`,
        }),
      ),
      ...made.map(
        ({ id, model, out }): GraphNode => ({
          id,
          icon: IconBox,
          title: said.model(model, out),
          line: said.modelVersion,
          href: `/models/${encodeURIComponent(model)}/versions/${out}`,
        }),
      ),
    ],
    edges: [
      ...before.map(({ id }) => ({ from: id, to: own.id })),
      ...uses.map(({ id }) => ({ from: own.id, to: id })),
      ...made.map(({ from, id }) => ({ from, to: id })),
    ],
  };
}
