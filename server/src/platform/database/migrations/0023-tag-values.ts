import { sql } from 'kysely';
import type { Migration } from '../migration.ts';

/**
 * The registry and its experiments are searched by the values of tags, however many there are. A value may be longer than what databases
 * index, so its beginning is.
 */
export const tagValues: Migration = {
  name: '0023-tag-values',
  async up(tx) {
    await sql`create index model_tags_by_value on model_tags (project_id, key, substr(value, 1, 64), model)`.execute(tx);
    await sql`create index model_version_tags_by_value on model_version_tags (key, substr(value, 1, 64), version_id)`.execute(tx);
    await sql`create index experiment_tags_by_value on experiment_tags (key, substr(value, 1, 64), experiment)`.execute(tx);
    await sql`create index experiments_newest on experiments (project_id, lifecycle, created_at_ms desc, number)`.execute(tx);
  },
};
