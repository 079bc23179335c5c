import { useQuery } from '@tanstack/react-query';
import { modelsQueries } from '../models/models-api.ts';
import { numberOf } from './run-columns.ts';
import { cellsQuery, findQuery, type RunScope } from './runs-api.ts';
import { useVersionsOfRuns } from './use-versions-of-runs.ts';

/** The address says so when the reader wants no comparison. */
export const noBase = 'none';

/** The run that the others are seen against. */
export interface Base {
  readonly number: number;
  readonly name: string;
  readonly value: number | null;
  readonly isChampion: boolean;
}

/** What the reader chose, else the run of the champion, where it is among these runs and has the metric. */
export function useBase(project: string, scope: RunScope, chosen: string, metric: string | null): Base | null {
  const champion = useChampionRun(project);
  const isUsual = chosen === '';
  const found = useQuery({ ...findQuery(project, scope, `id = "${champion}"`, ''), enabled: isUsual && champion !== null });
  const number = isUsual ? found.data?.runs[0] : /^\d{1,9}$/.test(chosen) ? Number(chosen) : undefined;
  const cells = useQuery({
    ...cellsQuery(project, scope, number === undefined ? [] : [number], ['name', metric ?? 'name']),
    enabled: number !== undefined && metric !== null,
  });
  const name = cells.data?.columns['name']?.[0];
  const value = numberOf(cells.data?.columns[metric ?? '']?.[0]);
  if (number === undefined || typeof name !== 'string' || (isUsual && value === null)) return null;
  return { number, name, value, isChampion: isUsual };
}

/** The id of the run that made the champion of the first model that has one. */
function useChampionRun(project: string): string | null {
  const versions = useVersionsOfRuns(project) ?? [];
  const models = useQuery(modelsQueries.list(project)).data ?? [];
  const champions = new Map(models.map(({ name, aliases }) => [name, aliases['champion']]));
  return versions.find(({ model, number }) => champions.get(model) === number)?.run_id ?? null;
}
