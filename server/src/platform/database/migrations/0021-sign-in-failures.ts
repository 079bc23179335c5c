import type { Migration } from '../migration.ts';

/** Failed sign-ins in a row, of an account from an address. */
export const signInFailures: Migration = {
  name: '0021-sign-in-failures',
  up: async (tx) => {
    await tx.schema
      .createTable('access_sign_in_failures')
      .addColumn('account_address', 'text', (column) => column.primaryKey())
      .addColumn('failures', 'bigint', (column) => column.notNull())
      .addColumn('last_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('access_sign_in_failures_by_time').on('access_sign_in_failures').column('last_at_ms').execute();
  },
};
