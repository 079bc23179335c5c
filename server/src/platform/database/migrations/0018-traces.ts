import type { Migration } from '../migration.ts';

/** What happened inside one call of a program, span by span. */
export const traces: Migration = {
  name: '0018-traces',
  async up(tx) {
    await tx.schema
      .createTable('traces')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('experiment', 'bigint', (column) => column.notNull())
      .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('took_ms', 'double precision')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('client_request_id', 'text')
      .addColumn('request_preview', 'text')
      .addColumn('response_preview', 'text')
      .addColumn('told', 'integer', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('traces_newest').on('traces').columns(['experiment', 'started_at_ms', 'id']).execute();
    for (const table of ['trace_tags', 'trace_metadata'] as const) {
      await tx.schema
        .createTable(table)
        .addColumn('trace', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_key`, ['trace', 'key'])
        .execute();
    }
    await tx.schema.createIndex('trace_metadata_by_value').on('trace_metadata').columns(['key', 'value', 'trace']).execute();
    await tx.schema
      .createTable('spans')
      .addColumn('trace', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('parent', 'text')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('started_us', 'bigint', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('spans_id', ['trace', 'id'])
      .execute();
    await tx.schema
      .createTable('assessments')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('trace', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('assessments_by_trace').on('assessments').columns(['trace', 'name']).execute();
    await tx.schema
      .createTable('trace_files')
      .addColumn('trace', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('trace_files_path', ['trace', 'path'])
      .execute();
  },
};
