import type { Migration } from '../migration.ts';

/** What MLflow clients tell of experiments, of the users that they see, and of data that is not ours. */
export const tracking: Migration = {
  name: '0015-tracking',
  async up(tx) {
    await tx.schema.alterTable('experiments').addColumn('artifact_root', 'text').execute();
    await tx.schema
      .createTable('experiment_tags')
      .addColumn('experiment', 'bigint', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('experiment_tags_key', ['experiment', 'key'])
      .execute();
    await tx.schema.alterTable('runs').addColumn('reported_user', 'text').execute();
    await tx.schema.alterTable('run_inputs').addColumn('tags', 'text').execute();
    await tx.schema
      .createTable('outside_datasets')
      .addColumn('experiment', 'bigint', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('source_type', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('schema', 'text')
      .addColumn('profile', 'text')
      .addPrimaryKeyConstraint('outside_datasets_key', ['experiment', 'name', 'digest'])
      .execute();
    await tx.schema.createIndex('run_inputs_by_dataset').on('run_inputs').columns(['dataset', 'digest', 'run']).execute();
    await tx.schema.createIndex('metric_latest_by_value').on('metric_latest').columns(['key', 'is_nan', 'value', 'run']).execute();
  },
};
