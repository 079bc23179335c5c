import { type RawBuilder, sql } from 'kysely';
import {
  type DatabaseProfile,
  type Handle,
  type OrderTerm,
  type Placed,
  selectTagged,
  type Tagged,
  type TaggedQuery,
} from '../../platform/database/index.ts';
import type { Lifecycle } from './run.ts';
import type { ExperimentRow } from './runs-store.ts';

export type ExperimentColumn = 'id' | 'name' | 'created_at_ms' | 'updated_at_ms';

export interface ExperimentQuery extends TaggedQuery<ExperimentColumn> {
  readonly lifecycles: readonly Lifecycle[];
}

const number = sql`experiments.number`;
const columns: Readonly<Record<ExperimentColumn, RawBuilder<unknown>>> = {
  // As text: ids are compared as clients write them.
  id: sql`cast(experiments.number as text)`,
  name: sql`experiments.name`,
  created_at_ms: sql`experiments.created_at_ms`,
  updated_at_ms: sql`experiments.updated_at_ms`,
};
const newestFirst: readonly OrderTerm[] = [
  { value: columns.created_at_ms, descending: true },
  { value: number, descending: false },
];

/** Newest first; where an order is asked, what is equal goes by id, greatest first. */
export function selectExperiments(
  handle: Handle,
  profile: Pick<DatabaseProfile, 'exactLike'>,
  project_id: string,
  { lifecycles, ...asked }: ExperimentQuery & { readonly after: readonly (string | number)[] | null; readonly limit: number },
): Promise<Placed<ExperimentRow>[]> {
  const experiments: Tagged<ExperimentColumn> = {
    table: 'experiments',
    where: [sql`experiments.project_id = ${project_id} and experiments.lifecycle in (${sql.join(lifecycles)})`],
    columns,
    tags: { table: 'experiment_tags', of: 'experiment', is: number },
    last: asked.order.length === 0 ? newestFirst : [{ value: number, descending: true }],
  };
  return selectTagged(handle, profile, experiments, asked);
}
