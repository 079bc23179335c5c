import type { Migration } from '../migration.ts';

/** By which program a session was begun, so that its person can tell it from the others. */
export const sessionAgents: Migration = {
  name: '0024-session-agents',
  up: async (tx) => {
    await tx.schema.alterTable('access_sessions').addColumn('agent', 'text').execute();
  },
};
