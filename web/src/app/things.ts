import { queryOptions } from '@tanstack/react-query';
import { client } from '../client/client.ts';
import type { PlaceName } from './places.ts';

/** Something of a project that can be jumped to by its name. */
export interface Thing {
  readonly place: PlaceName;
  readonly name: string;
  /** Below `/p/:project`. */
  readonly path: string;
}

type Lister = (project: string, signal: AbortSignal) => Promise<Thing[]>;

const named =
  (
    place: PlaceName,
    list: (input: { params: { project: string }; signal: AbortSignal }) => Promise<{ items: { name: string }[] }>,
  ): Lister =>
  async (project, signal) => {
    const { items } = await list({ params: { project }, signal });
    return items.map(({ name }) => ({ place, name, path: `/${place}/${encodeURIComponent(name)}` }));
  };

const listers: readonly Lister[] = [
  named('models', client.models.list),
  named('deployments', client.deployments.list),
  named('datasets', client.datasets.list),
  named('pipelines', client.pipelines.list),
  named('monitors', client.monitors.list),
  named('experiments', client.runs.listExperiments),
];

/** Everything with a name of its own; asked once when the palette opens, then searched without the server. */
export const thingsQuery = (project: string) =>
  queryOptions({
    queryKey: ['audit', project, 'things'],
    queryFn: async ({ signal }) => (await Promise.all(listers.map((list) => list(project, signal)))).flat(),
  });

/** What matches all words of the text, names that begin with it first. */
export function search<T extends { readonly name: string }>(things: readonly T[], text: string): T[] {
  const parts = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = things.filter(({ name }) => parts.every((part) => name.toLowerCase().includes(part)));
  const begins = ({ name }: T) => (name.toLowerCase().startsWith(parts[0] ?? '') ? 0 : 1);
  return found.toSorted((a, b) => begins(a) - begins(b));
}
