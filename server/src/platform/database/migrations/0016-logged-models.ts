import type { Migration } from '../migration.ts';

/** Models that a run logged, before anybody registers them. */
export const loggedModels: Migration = {
  name: '0016-logged-models',
  async up(tx) {
    await tx.schema
      .createTable('logged_models')
      .addColumn('number', 'bigint', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('experiment', 'bigint', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('status_message', 'text')
      .addColumn('run_id', 'text')
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('deleted_at_ms', 'bigint')
      .execute();
    await tx.schema.createIndex('logged_models_newest').on('logged_models').columns(['experiment', 'created_at_ms', 'number']).execute();
    for (const table of ['logged_model_params', 'logged_model_tags'] as const) {
      await tx.schema
        .createTable(table)
        .addColumn('model', 'bigint', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_key`, ['model', 'key'])
        .execute();
    }
    await tx.schema
      .createTable('logged_model_metrics')
      .addColumn('model', 'bigint', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('dataset', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('step', 'bigint', (column) => column.notNull())
      .addColumn('timestamp_ms', 'bigint', (column) => column.notNull())
      .addColumn('value', 'double precision', (column) => column.notNull())
      .addColumn('is_nan', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('logged_model_metrics_key', ['model', 'key', 'run_id', 'dataset', 'digest', 'step', 'timestamp_ms'])
      .execute();
    await tx.schema
      .createTable('logged_model_files')
      .addColumn('model', 'bigint', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('logged_model_files_path', ['model', 'path'])
      .execute();
    await tx.schema
      .createTable('run_models')
      .addColumn('run', 'bigint', (column) => column.notNull())
      .addColumn('model_id', 'text', (column) => column.notNull())
      .addColumn('direction', 'text', (column) => column.notNull())
      .addColumn('step', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('run_models_key', ['run', 'direction', 'model_id', 'step'])
      .execute();
  },
};
