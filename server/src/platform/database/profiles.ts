/** What a database can do, by name. Code asks for a capability, never which database it runs on. */
export interface DatabaseProfile {
  /** Several processes may use it at once: leases count, and what others committed is heard. */
  readonly shared: boolean;
  /** A statement with one row `found` if the table of that name is there. */
  readonly hasTable: (name: string) => string;
  /** A table may be the tree of its key (`without rowid`); elsewhere rows lie apart from it, each once more. */
  readonly keyedTables: boolean;
  /** What matches patterns with capitals told apart: `like` itself, or `glob` where `like` does not. */
  readonly exactLike: 'like' | 'glob';
}

export const sqliteProfile: DatabaseProfile = {
  shared: false,
  hasTable: (name) => `select 1 as found from sqlite_schema where type = 'table' and name = '${name}'`,
  keyedTables: true,
  exactLike: 'glob',
};

export const postgresProfile: DatabaseProfile = {
  shared: true,
  hasTable: (name) => `select 1 as found from pg_catalog.pg_class where oid = to_regclass('${name}')`,
  keyedTables: false,
  exactLike: 'like',
};
