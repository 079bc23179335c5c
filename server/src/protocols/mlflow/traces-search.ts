import type { TraceField, TraceTest } from '../../features/traces/index.ts';
import { type Clause, type Grammar, numeric, parseFilter, parseOrder, textual } from './filter.ts';
import { matching } from './pattern.ts';
import { invalid } from './refusal.ts';
import { linkedPromptsTag, promptsOf, sourceRunKey, traceNameTag } from './traces-mapping.ts';

const operators = [...textual, 'rlike', 'is null', 'is not null'] as const;
const anyOperators = [...operators, '>', '>=', '<', '<='] as const;

const grammar: Grammar = {
  prefixes: {
    tag: 'tag',
    tags: 'tag',
    metadata: 'metadata',
    request_metadata: 'metadata',
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    trace: 'attribute',
    span: 'span',
    feedback: 'feedback',
    expectation: 'expectation',
  },
  attributes: {
    request_id: { is: 'text', key: 'id', takesList: true },
    trace_id: { is: 'text', key: 'id', takesList: true },
    id: { is: 'text', takesList: true },
    timestamp: { is: 'number' },
    timestamp_ms: { is: 'number', key: 'timestamp' },
    execution_time: { is: 'number' },
    execution_time_ms: { is: 'number', key: 'execution_time' },
    end_time: { is: 'number' },
    end_time_ms: { is: 'number', key: 'end_time' },
    status: { is: 'text', takesList: true },
    state: { is: 'text', key: 'status', takesList: true },
    name: { is: 'text', takesList: true },
    run_id: { is: 'text', takesList: true },
    client_request_id: { is: 'text', takesList: true },
    experiment_id: { is: 'text' },
    text: { is: 'text' },
    prompt: { is: 'text' },
  },
  operators: {
    attribute: [...operators, 'in', 'not in'],
    number: numeric,
    tag: operators,
    metadata: operators,
    span: operators,
    feedback: anyOperators,
    expectation: anyOperators,
  },
  either: ['feedback', 'expectation'],
  keys: { span: ['name', 'type', 'status', 'content'] },
};

const columns = {
  id: 'id',
  timestamp: 'started_at_ms',
  execution_time: 'took_ms',
  end_time: 'ended_at_ms',
  status: 'state',
  client_request_id: 'client_request_id',
} as const;

function fieldOf(kind: string, key: string): TraceField {
  if (kind === 'span') return { kind, column: key === 'type' ? 'kind' : (key as 'name' | 'status' | 'content') };
  if (kind !== 'attribute') return { kind: kind as 'tag' | 'metadata' | 'feedback' | 'expectation', key };
  if (key === 'name') return { kind: 'tag', key: traceNameTag };
  if (key === 'run_id') return { kind: 'metadata', key: sourceRunKey };
  if (key === 'text') return { kind: 'span', column: 'content' };
  return { kind: 'own', column: columns[key as keyof typeof columns] };
}

/** What clients call it. */
const wordOf = (own: string): string => Object.keys(words).find((word) => words[word] === own) ?? own;

const words: Readonly<Record<string, string>> = {
  OK: 'ok',
  ERROR: 'error',
  IN_PROGRESS: 'running',
  STATE_UNSPECIFIED: 'unknown',
  UNSET: 'unset',
};

/** Reads the values that a field has among the traces that are searched. */
type ValuesOf = (field: TraceField) => Promise<string[]>;

const patternsMost = 5;

/** The tests of a filter. Patterns, and prompts that a trace names, are looked for among the values that there are. */
export async function traceTests(filter: string, valuesOf: ValuesOf): Promise<TraceTest[]> {
  const clauses = parseFilter(filter, grammar);
  if (clauses.filter(({ operator }) => operator === 'rlike').length > patternsMost) {
    throw invalid(`A filter takes at most ${patternsMost} regular expressions.`);
  }
  return Promise.all(clauses.map((clause) => testOf(clause, valuesOf)));
}

export function traceOrder(order_by: readonly string[]) {
  return parseOrder(order_by, grammar).map(({ kind, key, descending }) => ({ field: fieldOf(kind, key), descending }));
}

async function testOf({ kind, key, operator, value }: Clause, valuesOf: ValuesOf): Promise<TraceTest> {
  if (kind === 'attribute' && key === 'prompt') return namesPrompt(operator, String(value), valuesOf);
  const field = fieldOf(kind, key);
  if (operator === 'is null' || operator === 'is not null') return { field, missing: operator === 'is null' };
  if (value === null) throw invalid(`Invalid comparator '${operator.toUpperCase()}' for ${kind} '${key}'`);
  const isState = (field.kind === 'own' && field.column === 'state') || (field.kind === 'span' && field.column === 'status');
  if (operator === 'rlike') {
    if (field.kind === 'span' && field.column === 'content')
      throw invalid("The content of a span is compared with 'LIKE' or 'ILIKE' only.");
    return { field, comparison: 'in', value: await matching(String(value), await valuesOf(field), isState ? wordOf : undefined) };
  }
  const own = (one: string | number) => (isState ? (words[String(one).toUpperCase()] ?? String(one)) : one);
  const isAssessed = field.kind === 'feedback' || field.kind === 'expectation';
  const told = typeof value === 'object' ? value.map(own) : own(value);
  return { field, comparison: operator, value: isAssessed ? String(told) : told };
}

async function namesPrompt(operator: Clause['operator'], value: string, valuesOf: ValuesOf): Promise<TraceTest> {
  const [name = '', version = '', ...more] = value.split('/');
  if (operator !== '=')
    throw invalid(
      `Invalid comparator '${operator.toUpperCase()}' for prompts filter. Only '=' is supported with format: prompt = "name/version"`,
    );
  if (version === '' || more.length > 0) throw invalid(`Invalid prompts filter value '${value}'. Expected format: prompt = "name/version"`);
  const field = { kind: 'tag', key: linkedPromptsTag } as const;
  const naming = (await valuesOf(field)).filter((json) => promptsOf(json).some((one) => one.name === name && one.version === version));
  return { field, comparison: 'in', value: naming };
}
