import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Dataset = Items<Awaited<ReturnType<Client['datasets']['list']>>>;
export type Summary = Items<Awaited<ReturnType<Client['datasets']['versions']>>>;
export type Version = Awaited<ReturnType<Client['datasets']['version']>>;
export type Column = Version['schema'][number];
export type Check = Version['checks'][number];
export type Profiled = Awaited<ReturnType<Client['datasets']['profile']>>['columns'][number];
export type Difference = Awaited<ReturnType<Client['datasets']['diff']>>;
export type Preview = Awaited<ReturnType<Client['datasets']['preview']>>;

const forever = { staleTime: Number.POSITIVE_INFINITY } as const;
export const previewRows = 50;

/** What is asked of one version never changes. */
export const datasetsQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['datasets', project, 'list'],
      queryFn: async ({ signal }) => (await client.datasets.list({ params: { project }, signal })).items,
    }),
  versions: (project: string, dataset: string) =>
    infiniteQueryOptions({
      queryKey: ['datasets', project, dataset, 'pages'],
      queryFn: ({ pageParam, signal }) =>
        client.datasets.versions({ params: { project, dataset }, query: pageParam === null ? {} : { cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: ({ next }) => next,
    }),
  /** The newest versions, as many as are asked for. */
  newest: (project: string, dataset: string, limit: number) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'newest', limit],
      queryFn: async ({ signal }) => (await client.datasets.versions({ params: { project, dataset }, query: { limit }, signal })).items,
    }),
  version: (project: string, dataset: string, version: number) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'version', version],
      queryFn: ({ signal }) => client.datasets.version({ params: { project, dataset, version: String(version) }, signal }),
      ...forever,
    }),
  profile: (project: string, dataset: string, version: number, column: string) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'profile', version, column],
      queryFn: async ({ signal }): Promise<Profiled | null> => {
        const { columns } = await client.datasets.profile({
          params: { project, dataset, version: String(version) },
          query: { column },
          signal,
        });
        return columns[0] ?? null;
      },
      ...forever,
    }),
  diff: (project: string, dataset: string, from: number, to: number) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'diff', from, to],
      queryFn: ({ signal }) => client.datasets.diff({ params: { project, dataset }, query: { from, to }, signal }),
      ...forever,
    }),
  preview: (project: string, dataset: string, version: number, offset: number) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'preview', version, offset],
      queryFn: ({ signal }) =>
        client.datasets.preview({
          params: { project, dataset, version: String(version) },
          query: { offset, limit: previewRows },
          signal,
        }),
      ...forever,
    }),
};

/** Where a file of a version is read, as it was added. */
export function fileAddress(project: string, dataset: string, version: number, path: string): string {
  const parts = ['api', 'v1', 'projects', project, 'datasets', dataset, 'versions', String(version), 'file'];
  return `/${parts.map(encodeURIComponent).join('/')}?${new URLSearchParams({ path })}`;
}

export interface Addition {
  readonly dataset: string;
  readonly files: readonly File[];
  /** Files of an earlier version that stay in it. */
  readonly kept: readonly { readonly path: string; readonly digest: string }[];
  readonly onUpload: (file: string, at: number) => void;
}

/** Files first, each under its digest; then the version that names them. */
export function useAddVersion(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ dataset, files, kept, onUpload }: Addition) => {
      // What is written down of a dataset that is there must stay: only one that is not is defined.
      const { items } = await client.datasets.list({ params: { project } });
      if (!items.some(({ name }) => name === dataset)) await client.datasets.define({ params: { project, dataset }, body: {} });
      const added: { path: string; digest: string }[] = [];
      for (const [index, file] of files.entries()) {
        onUpload(file.name, index + 1);
        const { digest } = await client.datasets.putBlob({ params: { project }, body: file });
        added.push({ path: file.name, digest });
      }
      onUpload('', files.length + 1);
      const stays = kept.filter(({ path }) => !added.some((one) => one.path === path));
      return client.datasets.addVersion({ params: { project, dataset }, body: { files: [...stays, ...added] } });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['datasets'] }),
  });
}
