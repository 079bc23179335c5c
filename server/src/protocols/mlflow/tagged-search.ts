import type { ModelSearch, VersionSearch } from '../../features/models/index.ts';
import type { TrackedExperimentSearch } from '../../features/runs/index.ts';
import type { TaggedField, TaggedTest } from '../../platform/database/index.ts';
import { type Clause, type Grammar, listed, nullable, numeric, type OrderKey, parseFilter, parseOrder, textual } from './filter.ts';
import { invalid, inWordsOf } from './refusal.ts';

/** Searches of models, versions and experiments, which have attributes and tags and nothing else. */

export const promptTag = 'mlflow.prompt.is_prompt';

const prefixes = { attribute: 'attribute', tag: 'tag', tags: 'tag' } as const;

const modelGrammar: Grammar = {
  prefixes,
  attributes: {
    name: { is: 'text', takesList: true },
    creation_timestamp: { is: 'number' },
    last_updated_timestamp: { is: 'number' },
    timestamp: { is: 'number', key: 'last_updated_timestamp' },
  },
  operators: { attribute: listed, number: numeric, tag: textual },
};
const modelColumns = { name: 'name', creation_timestamp: 'created_at_ms', last_updated_timestamp: 'updated_at_ms' } as const;

const versionGrammar: Grammar = {
  prefixes,
  attributes: {
    name: { is: 'text', takesList: true },
    version_number: { is: 'number' },
    run_id: { is: 'text', takesList: true },
    source_path: { is: 'text' },
    creation_timestamp: { is: 'number' },
    last_updated_timestamp: { is: 'number' },
  },
  operators: { attribute: listed, number: numeric, tag: textual },
};
const versionColumns = {
  name: 'model',
  version_number: 'number',
  run_id: 'run_id',
  source_path: 'source',
  creation_timestamp: 'created_at_ms',
  last_updated_timestamp: 'updated_at_ms',
} as const;

const experimentGrammar: Grammar = {
  prefixes,
  attributes: {
    name: { is: 'text' },
    creation_time: { is: 'number' },
    last_update_time: { is: 'number' },
    experiment_id: { is: 'text' },
  },
  operators: { attribute: listed, number: numeric, tag: nullable },
};
const experimentColumns = { name: 'name', creation_time: 'created_at_ms', last_update_time: 'updated_at_ms', experiment_id: 'id' } as const;

type Columns<C extends string> = Readonly<Record<string, C>>;

function fieldOf<C extends string>({ kind, key }: Pick<Clause, 'kind' | 'key'>, columns: Columns<C>): TaggedField<C> {
  if (kind === 'tag') return { kind, key };
  const column = columns[key];
  if (column === undefined) throw invalid(`Invalid attribute key '${key}' specified.`);
  return { kind: 'own', column };
}

function testOf<C extends string>(clause: Clause, columns: Columns<C>): TaggedTest<C> {
  const { operator, value } = clause;
  const field = fieldOf(clause, columns);
  if (operator === 'is null' || operator === 'is not null') return { field, missing: operator === 'is null' };
  if (operator === 'rlike' || value === null) throw invalid(`Invalid comparator '${operator.toUpperCase()}'`);
  return { field, comparison: operator, value };
}

const ordersOf = <C extends string>(keys: readonly OrderKey[], columns: Columns<C>) =>
  keys.map((key) => ({ field: fieldOf(key, columns), descending: key.descending }));

const asksPrompts = ({ kind, key }: Clause): boolean => kind === 'tag' && key === promptTag;
const saysNone = ({ operator, value }: Clause): boolean =>
  (operator === '=' && value === 'false') || (operator === '!=' && value === 'true');

/** Prompts and their versions are listed only by who asks for their tag; what lacks it counts as saying that it is none. */
function promptSearch<C extends string>(clauses: readonly Clause[], columns: Columns<C>) {
  return {
    prompts: clauses.some(asksPrompts),
    tests: clauses.map((clause): TaggedTest<C> => {
      const test = testOf(clause, columns);
      return asksPrompts(clause) && saysNone(clause) ? { ...test, orMissing: true } : test;
    }),
  };
}

export function modelSearchOf(filter: string, order_by: readonly string[]): Omit<ModelSearch, 'limit'> {
  return {
    ...promptSearch(parseFilter(filter, modelGrammar), modelColumns),
    order: ordersOf(parseOrder(order_by, modelGrammar), modelColumns),
  };
}

export function versionSearchOf(filter: string, order_by: readonly string[]): Omit<VersionSearch, 'limit'> {
  return {
    ...promptSearch(parseFilter(filter, versionGrammar), versionColumns),
    order: ordersOf(parseOrder(order_by, versionGrammar), versionColumns),
  };
}

export function experimentSearchOf(filter: string, order_by: readonly string[]): Pick<TrackedExperimentSearch, 'tests' | 'order'> {
  return {
    tests: parseFilter(filter, experimentGrammar).map((clause) => testOf(clause, experimentColumns)),
    order: ordersOf(parseOrder(order_by, experimentGrammar), experimentColumns),
  };
}

export function cursorOf(page_token: string): { readonly cursor?: string } {
  return page_token === '' ? {} : { cursor: page_token };
}

/** What a search of ours refuses is the token: the rest was judged before. */
export function inSearch<T>(work: () => Promise<T>): Promise<T> {
  return inWordsOf({ invalid_input: 'Invalid page token, could not base64-decode' }, work);
}
