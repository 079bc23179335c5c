import { IconBox, IconDatabase, IconFlask, IconGitBranch, IconGitCommit, IconRocket } from '@tabler/icons-react';
import type { GraphEdge, GraphNode } from '../../design/graph-props.ts';
import { bytes, count, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';
import type { Version } from './models-api.ts';
import type { Span } from './served.ts';

export interface LineageFacts {
  readonly version: Version;
  readonly execution: Execution | undefined;
  /** The name of its run. */
  readonly run: string | undefined;
  /** Names of the datasets that its run read from elsewhere. */
  readonly outside: readonly string[];
  /** Rows by `dataset@number`, as far as they are known. */
  readonly rows: ReadonlyMap<string, number>;
  readonly deployments: readonly Deployment[];
  readonly spans: readonly Span[];
}

const { lineage } = words.models;

/** From data and code through the execution and the run to the version, and on to what it serves. */
export function lineageOf(facts: LineageFacts): { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] } {
  const { version } = facts;
  const before = makingOf(facts);
  const after = serviceOf(facts);
  const file = version.files.find(({ path }) => path === 'model.onnx') ?? version.files[0];
  const own: GraphNode = {
    id: 'version',
    title: words.models.title(version.model, version.number),
    line: lineage.file(bytes(file?.bytes)),
    icon: IconBox,
    chosen: true,
  };
  return { nodes: [...before.nodes, own, ...after.nodes], edges: [...before.edges, ...after.edges] };
}

function makingOf({ version, execution, run, outside, rows }: LineageFacts): { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] } {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const made = version.run_id === null ? 'version' : 'run';
  const fed = version.execution_id === null ? made : 'execution';
  for (const { dataset, number } of version.dataset_versions) {
    const title = `${dataset}@${number}`;
    const known = rows.get(title);
    nodes.push({
      id: `data ${title}`,
      title,
      line: known === undefined ? '' : lineage.rows(count(known)),
      icon: IconDatabase,
      href: `/datasets/${encodeURIComponent(dataset)}`,
    });
    edges.push({ from: `data ${title}`, to: fed });
  }
  for (const title of outside) {
    nodes.push({ id: `outside ${title}`, title, line: lineage.outside, icon: IconDatabase });
    edges.push({ from: `outside ${title}`, to: made });
  }
  const code = version.code?.commit ?? version.code?.digest;
  if (code) {
    nodes.push({ id: 'code', title: code.slice(0, 10), line: version.code?.commit ? lineage.commit : lineage.code, icon: IconGitCommit });
    edges.push({ from: 'code', to: made });
  }
  if (version.execution_id !== null) {
    nodes.push({
      id: 'execution',
      title: execution?.pipeline ?? version.execution_id,
      line: execution ? lineage.execution(execution.number) : '',
      icon: IconGitBranch,
      href: `/executions/${encodeURIComponent(version.execution_id)}`,
    });
    edges.push({ from: 'execution', to: made });
  }
  if (version.run_id !== null) {
    nodes.push({
      id: 'run',
      title: run ?? version.run_id.slice(0, 8),
      line: lineage.run(version.run_id.slice(0, 8)),
      icon: IconFlask,
      href: `/runs/${version.run_id}`,
    });
    edges.push({ from: 'run', to: 'version' });
  }
  return { nodes, edges };
}

function serviceOf({ version, deployments, spans }: LineageFacts): { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] } {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const { name, split } of deployments) {
    const part = split.find((one) => one.version === version.number)?.share ?? 0;
    if (part === 0 && !spans.some((span) => span.deployment === name && span.version === version.number)) continue;
    nodes.push({
      id: `deployment ${name}`,
      title: name,
      line: part > 0 ? lineage.share(share(part)) : lineage.served,
      icon: IconRocket,
      href: `/deployments/${encodeURIComponent(name)}`,
      ...(part > 0 ? { kind: part === 1 ? ('good' as const) : ('running' as const) } : {}),
    });
    edges.push({ from: 'version', to: `deployment ${name}` });
  }
  return { nodes, edges };
}
