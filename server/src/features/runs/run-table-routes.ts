import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { failure } from '../../kernel/error.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import { bucketsOf } from './buckets.ts';
import { curvesOf } from './curves.ts';
import type { RunTable, RunTableDeps } from './run-table.ts';

export function runTableRoutes({ runTable, database }: { readonly runTable: RunTable } & Pick<RunTableDeps, 'database'>): Route[] {
  return [
    implement(api.runs.find, ({ caller, project, query }) => runTable.find(caller, project, defined(query))),
    implement(api.runs.table, ({ caller, project, query }) => {
      const { runs, ...page } = query;
      return runTable.table(caller, project, defined({ ...page, runs: runs?.map(numberOfRun) }));
    }),
    implement(api.runs.columns, ({ caller, project, query }) => runTable.columns(caller, project, defined(query))),
    implement(api.runs.buckets, ({ caller, project, params, query }) => bucketsOf(database, caller, project, params.run, query)),
    implement(api.runs.curves, ({ caller, project, query }) =>
      curvesOf(database, caller, project, { ...query, runs: query.runs.map(numberOfRun) }),
    ),
  ];
}

function numberOfRun(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw failure('invalid_input', { field: 'query.runs', expected: 'numbers from `runs.find`', got: JSON.stringify(text.slice(0, 80)) });
  return Number(text);
}
