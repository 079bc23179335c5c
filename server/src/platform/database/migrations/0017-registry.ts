import type { Migration } from '../migration.ts';

/** What clients of the registry tell of models and of their versions, beside what a version is. */
export const registry: Migration = {
  name: '0017-registry',
  async up(tx) {
    await tx.schema
      .createTable('model_facts')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('model_facts_name', ['project_id', 'model'])
      .execute();
    await tx.schema
      .createTable('model_tags')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('model_tags_key', ['project_id', 'model', 'key'])
      .execute();
    await tx.schema
      .createTable('model_version_facts')
      .addColumn('version_id', 'text', (column) => column.primaryKey())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('outside', 'text')
      .addColumn('logged_model', 'text')
      .addColumn('run_link', 'text')
      .addColumn('description', 'text')
      .addColumn('stage', 'text')
      .addColumn('flavors', 'text', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await tx.schema
      .createTable('model_version_tags')
      .addColumn('version_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('model_version_tags_key', ['version_id', 'key'])
      .execute();
  },
};
