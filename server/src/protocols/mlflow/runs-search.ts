import type { RunField, RunQuery, RunTest } from '../../features/runs/index.ts';
import { type Clause, type Grammar, listed, nullable, numeric, parseFilter, parseOrder } from './filter.ts';
import { invalid } from './refusal.ts';
import { artifactsFolder, artifactsRoot, runNameTag } from './runs-mapping.ts';

const attributes = {
  run_id: { is: 'text', takesList: true },
  run_uuid: { is: 'text', key: 'run_id', takesList: true },
  run_name: { is: 'text' },
  'run name': { is: 'text', key: 'run_name' },
  'Run name': { is: 'text', key: 'run_name' },
  'Run Name': { is: 'text', key: 'run_name' },
  user_id: { is: 'text' },
  status: { is: 'text' },
  artifact_uri: { is: 'text' },
  start_time: { is: 'number' },
  end_time: { is: 'number' },
  created: { is: 'number', key: 'start_time' },
  Created: { is: 'number', key: 'start_time' },
} as const;

const grammar: Grammar = {
  prefixes: {
    metric: 'metric',
    metrics: 'metric',
    parameter: 'parameter',
    parameters: 'parameter',
    param: 'parameter',
    params: 'parameter',
    tag: 'tag',
    tags: 'tag',
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    run: 'attribute',
    dataset: 'dataset',
    datasets: 'dataset',
  },
  attributes,
  operators: { metric: numeric, parameter: nullable, tag: nullable, attribute: listed, number: numeric, dataset: listed },
  numbers: ['metric'],
  lists: ['dataset'],
  keys: { dataset: ['name', 'digest', 'context'] },
};

const columns = {
  run_id: 'id',
  run_name: 'name',
  user_id: 'reported_user',
  status: 'status',
  artifact_uri: 'address',
  start_time: 'started_at_ms',
  end_time: 'ended_at_ms',
} as const;

function fieldOf(kind: string, key: string): RunField {
  if (kind === 'metric') return { kind, key };
  if (kind === 'parameter') return { kind: 'param', key };
  if (kind === 'dataset') return { kind, column: key as 'name' | 'digest' | 'context' };
  if (kind === 'tag' && key !== runNameTag) return { kind, key };
  // The name of a run is kept once, and looks like a tag too.
  return { kind: 'own', column: kind === 'tag' ? 'name' : columns[key as keyof typeof columns] };
}

function testOf({ kind, key, operator, value }: Clause): RunTest {
  const field = fieldOf(kind, key);
  if (operator === 'is null' || operator === 'is not null') return { field, missing: operator === 'is null' };
  if (operator === 'rlike' || value === null) throw invalid(`Invalid comparator '${operator.toUpperCase()}' for ${kind} '${key}'`);
  // Statuses are in capitals there and in small letters here.
  const isStatus = field.kind === 'own' && field.column === 'status';
  const own = isStatus && typeof value === 'string' ? value.toLowerCase() : value;
  return { field, comparison: operator, value: own };
}

export type RunView = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

export const lifecyclesOf = {
  ACTIVE_ONLY: ['active'],
  DELETED_ONLY: ['deleted'],
  ALL: ['active', 'deleted'],
} as const;

export interface SearchAsked {
  readonly experiment_ids: readonly string[];
  readonly filter: string;
  readonly order_by: readonly string[];
  readonly view: RunView;
  readonly max_results: number;
  readonly page_token: string;
}

/** MLflow's search as a query of our runs. Pure; the first mistake in filter or order is thrown with its place. */
export function runQueryOf({ experiment_ids, filter, order_by, view, max_results, page_token }: SearchAsked): RunQuery {
  return {
    experiments: experiment_ids,
    lifecycles: lifecyclesOf[view],
    tests: parseFilter(filter, grammar).map(testOf),
    order: parseOrder(order_by, grammar).map(({ kind, key, descending }) => ({ field: fieldOf(kind, key), descending })),
    address: { before: artifactsRoot, behind: `/${artifactsFolder}` },
    limit: max_results,
    ...(page_token === '' ? {} : { cursor: page_token }),
  };
}
