import type { Client } from '@slipway/sdk';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Model = Items<Awaited<ReturnType<Client['models']['list']>>>;
export type ListedVersion = Items<Awaited<ReturnType<Client['models']['versions']>>>;
export type Version = Awaited<ReturnType<Client['models']['version']>>;
export type Input = Version['signature']['inputs'][number];

const inProject = (project: string) => ({ params: { project } });

export const modelsQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['models', project, 'list'],
      queryFn: async ({ signal }) => (await client.models.list({ ...inProject(project), signal })).items,
    }),
  versions: (project: string, model: string) =>
    queryOptions({
      queryKey: ['models', project, model, 'versions'],
      queryFn: async ({ signal }) => (await client.models.versions({ params: { project, model }, signal })).items,
    }),
  version: (project: string, model: string, version: number) =>
    queryOptions({
      queryKey: ['models', project, model, 'version', version],
      queryFn: ({ signal }) => client.models.version({ params: { project, model, version }, signal }),
    }),
};

/** A change, and which answers it makes stale; the live stream would say so too, a moment later. */
function useChange<Input, Answer>(change: (input: Input) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all(['models', 'gates', 'approvals', 'deployments'].map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
}

export const useRoll = (project: string) =>
  useChange(({ deployment, version }: { readonly deployment: string; readonly version: number }) =>
    client.deployments.roll({ params: { project, deployment }, body: { version } }),
  );

export const useEvaluate = (project: string) =>
  useChange(({ gate, model, version }: { readonly gate: string; readonly model: string; readonly version: number }) =>
    // Hundreds of rows are scored and the latency is measured: it may take a while on a busy machine.
    client.gates.evaluate({ params: { project, gate }, body: { model, version }, timeout_ms: 300_000 }),
  );

export interface MoveOfAlias {
  readonly alias: string;
  readonly version: number;
  /** Where it was when the person decided: another move meanwhile is a conflict, not a surprise. */
  readonly expected: number | null;
  readonly reason: string;
}

export const useMoveAlias = (project: string, model: string) =>
  useChange(({ alias, version, expected, reason }: MoveOfAlias) =>
    client.models.setAlias({ params: { project, model, alias }, body: { version, expected, ...(reason === '' ? {} : { reason }) } }),
  );

export const useRetire = (project: string, model: string) =>
  useChange((version: number) => client.models.retireVersion({ params: { project, model, version } }));

/** Where a browser fetches a file of a version; the session goes with it. */
export function fileAddress(project: string, model: string, version: number, path: string): string {
  const [p, m, file] = [project, model, path].map(encodeURIComponent);
  return `/api/v1/projects/${p}/models/${m}/versions/${version}/file?path=${file}`;
}
