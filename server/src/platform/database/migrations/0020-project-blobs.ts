import type { Migration } from '../migration.ts';

export const projectBlobs: Migration = {
  name: '0020-project-blobs',
  async up(tx) {
    await tx.schema
      .createTable('project_blobs')
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('put_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('project_blobs_key', ['project_id', 'digest'])
      .execute();
  },
};
