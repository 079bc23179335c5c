import type { Migration } from '../migration.ts';

/** An assessment may take the place of another one, which then counts no longer. */
export const overriddenAssessments: Migration = {
  name: '0025-overridden-assessments',
  up: async (tx) => {
    await tx.schema.alterTable('assessments').addColumn('overrides', 'text').execute();
    await tx.schema
      .alterTable('assessments')
      .addColumn('valid', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
