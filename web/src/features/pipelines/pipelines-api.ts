import type { Client } from '@slipway/sdk';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';
import { isLive } from './live.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Pipeline = Items<Awaited<ReturnType<Client['pipelines']['list']>>>;
export type Definition = Pipeline['definition'];
export type StepDefinition = Definition['steps'][string];
export type Execution = Items<Awaited<ReturnType<Client['pipelines']['executions']>>>;
export type Detail = Awaited<ReturnType<Client['pipelines']['execution']>>;
export type Step = Detail['steps'][number];
export type Start = NonNullable<Parameters<Client['pipelines']['start']>[0]['body']>;
export type Param = NonNullable<Start['params']>[string];

const inProject = (project: string) => ({ params: { project } });
const live_ms = 1000;

/** As many as the server lists at once. */
export const listedExecutions = 200;

export const pipelinesQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['pipelines', project, 'list'],
      queryFn: async ({ signal }) => (await client.pipelines.list({ ...inProject(project), signal })).items,
    }),
  /** Newest first: of all pipelines, or of one. */
  executions: (project: string, pipeline?: string) =>
    queryOptions({
      queryKey: ['pipelines', project, 'executions', pipeline ?? null],
      queryFn: async ({ signal }) =>
        (await client.pipelines.executions({ ...inProject(project), query: pipeline === undefined ? {} : { pipeline }, signal })).items,
    }),
  /** While it runs, steps begin and end without an event of their own: it is asked every second. */
  execution: (project: string, execution: string) =>
    queryOptions({
      queryKey: ['pipelines', project, 'execution', execution],
      queryFn: ({ signal }) => client.pipelines.execution({ params: { project, execution }, signal }),
      refetchInterval: ({ state: { data } }) => (data && isLive(data.execution) ? live_ms : false),
    }),
};

/** From a byte of a step's log on; a page at a time. */
export function readLog(project: string, execution: string, step: string, attempt: number, from: number, signal: AbortSignal) {
  return client.pipelines.logs({ params: { project, execution, step }, query: { from, attempt }, signal });
}

function useChange<Input>(change: (input: Input) => Promise<Execution>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey: ['pipelines'] }) });
}

export const useStart = (project: string, pipeline: string) =>
  useChange((body: Start) => client.pipelines.start({ params: { project, pipeline }, body }));

export const useStop = (project: string, execution: string) =>
  useChange((_: undefined) => client.pipelines.cancel({ params: { project, execution } }));

export const useRerun = (project: string, execution: string) =>
  useChange((_: undefined) => client.pipelines.rerun({ params: { project, execution } }));
