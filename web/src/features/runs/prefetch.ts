import type { QueryClient } from '@tanstack/react-query';
import { usualColumns } from './run-columns.ts';
import { columnsQuery, findQuery, newestLooked } from './runs-api.ts';
import { blockQuery } from './use-cells.ts';

/** Asks for the first rows of an experiment while the script of its page is still on the way. An address with a view of its own asks something else. */
export async function prefetchExperiment(queries: QueryClient, project: string, experiment: string): Promise<void> {
  const scope = { experiment, deleted: false };
  const [columns, found] = await Promise.all([
    queries.fetchQuery(columnsQuery(project, scope, newestLooked)),
    queries.fetchQuery(findQuery(project, scope, '', '')),
  ]);
  if (found.runs.length > 0)
    await queries.prefetchQuery(blockQuery(project, scope, found.runs, usualColumns(columns), { row: 0, column: 0 }));
}
