import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { type ListedVersion, modelsQueries } from '../models/models-api.ts';

/** The versions of all models, for who looks for those that runs made; undefined until all are there. Models are few, and so are their versions. */
export function useVersionsOfRuns(project: string): readonly ListedVersion[] | undefined {
  const models = useQuery(modelsQueries.list(project)).data;
  const versions = useQueries({ queries: (models ?? []).map(({ name }) => modelsQueries.versions(project, name)), combine: inOneList });
  return models && versions;
}

/** Outside the hook: the list stays the same object while no answer changes. */
function inOneList(lists: readonly UseQueryResult<ListedVersion[]>[]): ListedVersion[] | undefined {
  return lists.every(({ data }) => data) ? lists.flatMap(({ data }) => data ?? []) : undefined;
}
