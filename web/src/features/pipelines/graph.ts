import { IconBox, IconChartHistogram, IconDatabase, IconSql, IconTerminal2, IconTrendingUp } from '@tabler/icons-react';
import type { GraphEdge, GraphNode } from '../../design/graph-props.ts';
import { words } from '../../words/index.ts';
import type { Definition, Detail } from './pipelines-api.ts';
import { inOrder, inputsOf, lineOf, stateOf, stepKinds, stepsBefore } from './steps.ts';

const stepIcons = { sql: IconSql, fit: IconTrendingUp, evaluate: IconChartHistogram, run: IconTerminal2 } as const;

interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const pathOf = (place: string, name: string) => `/${place}/${encodeURIComponent(name)}`;
const idOf = (kind: 'input' | 'step' | 'model', name: string) => `${kind} ${name}`;

/** What a pipeline would do: datasets, steps, the model that it makes versions of. */
export function definitionGraph(definition: Definition): Graph {
  return graphOf(definition, {
    input: (name) => ({ title: name, line: words.pipelines.execution.input, href: pathOf('datasets', name) }),
    step: (name, kind) => ({ title: name, line: words.pipelines.stepKinds[kind] }),
    model: (name) => ({ title: name, line: words.pipelines.columns.model, href: pathOf('models', name) }),
  });
}

/** What an execution does, or did. `linkTo` gives the address of a step in it. */
export function executionGraph(
  { execution, steps, definition }: Detail,
  chosen: string | undefined,
  linkTo: (step: string) => string,
  now_ms: number,
): Graph {
  const records = new Map(steps.map((step) => [step.name, step]));
  const { version } = execution;
  return graphOf(definition, {
    input: (name) => {
      const number = execution.inputs?.[name];
      const found = number === undefined ? '' : `?version=${number}`;
      return {
        title: words.pipelines.datasetVersion(name, number ?? '…'),
        line: words.pipelines.execution.input,
        href: `${pathOf('datasets', name)}${found}`,
      };
    },
    step: (name, kind) => {
      const record = records.get(name);
      return {
        title: name,
        line: record ? lineOf(record, execution, now_ms) : words.pipelines.stepKinds[kind],
        ...(record ? { kind: stepKinds[stateOf(record, execution)] } : {}),
        chosen: name === chosen,
        href: linkTo(name),
      };
    },
    model: (name) =>
      version === null
        ? { title: name, line: words.pipelines.columns.model, href: pathOf('models', name) }
        : {
            title: words.pipelines.version(name, version),
            line: words.pipelines.columns.model,
            href: `${pathOf('models', name)}/versions/${version}`,
          },
  });
}

type Told = Omit<GraphNode, 'id' | 'icon'>;

function graphOf(
  definition: Definition,
  tell: {
    readonly input: (name: string) => Told;
    readonly step: (name: string, kind: keyof typeof stepIcons) => Told;
    readonly model: (name: string) => Told;
  },
): Graph {
  const steps = inOrder(definition).flatMap((name) => {
    const step = definition.steps[name];
    return step ? [[name, step] as const] : [];
  });
  const { register } = definition;
  const nodes: GraphNode[] = [
    ...definition.inputs.map((name) => ({ id: idOf('input', name), icon: IconDatabase, ...tell.input(name) })),
    ...steps.map(([name, { kind }]) => ({ id: idOf('step', name), icon: stepIcons[kind], ...tell.step(name, kind) })),
    ...(register === undefined ? [] : [{ id: idOf('model', register), icon: IconBox, ...tell.model(register) }]),
  ];
  const edges = steps.flatMap(([name]) => [
    ...inputsOf(definition, name).map((input) => ({ from: idOf('input', input), to: idOf('step', name) })),
    ...stepsBefore(definition, name).map((before) => ({ from: idOf('step', before), to: idOf('step', name) })),
    // A version comes out when all steps are done: the last ones lead to it.
    ...(register === undefined || steps.some(([other]) => stepsBefore(definition, other).includes(name))
      ? []
      : [{ from: idOf('step', name), to: idOf('model', register) }]),
  ]);
  return { nodes, edges };
}
