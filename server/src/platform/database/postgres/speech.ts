import { type DataTypeNode, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Speech } from '../dialect.ts';

/**
 * Migrations name the types of SQLite. Here integers have 64 bits as they have there, so that a number that a caller made up finds nothing
 * instead of failing; texts are ordered by their bytes, whatever the locale of the server; and `real` has double precision.
 */
const types: Readonly<Record<string, string>> = { text: 'text collate "C"', integer: 'bigint', real: 'double precision' };

class Compiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    this.append(types[node.dataType] ?? node.dataType);
  }
}

export const postgresSpeech: Speech = {
  compiler: new Compiler(),
  adapter: new PostgresAdapter(),
  introspector: (handle) => new PostgresIntrospector(handle),
};
