import type { Migration } from '../migration.ts';

export const signInLinks: Migration = {
  name: '0013-sign-in-links',
  async up(tx) {
    await tx.schema
      .createTable('access_sign_in_links')
      .addColumn('hash', 'text', (column) => column.primaryKey())
      .addColumn('person', 'text', (column) => column.notNull())
      .addColumn('made_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('event', 'bigint', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('access_sign_in_links_by_person').on('access_sign_in_links').column('person').execute();
  },
};
