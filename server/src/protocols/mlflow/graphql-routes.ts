import type { MlflowRouteName } from '@slipway/contracts';
import type { Caller } from '../../kernel/caller.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Incoming, Route } from '../../platform/http/index.ts';
import { readQuery, type Selected } from './graphql-query.ts';
import { types } from './graphql-types.ts';
import { explain, invalid } from './refusal.ts';
import type { Routing } from './routing.ts';
import { isWire, needed, read, text, type Wire } from './wire.ts';

/** The route that answers the same question. */
const views: Readonly<Record<string, MlflowRouteName>> = {
  mlflowGetExperiment: 'getExperiment',
  mlflowGetRun: 'getRun',
  mlflowSearchRuns: 'searchRuns',
  mlflowGetMetricHistoryBulkInterval: 'metricHistoryBulkInterval',
  mlflowListArtifacts: 'listArtifacts',
  mlflowSearchModelVersions: 'searchModelVersions',
  mlflowSearchDatasets: 'searchDatasets',
};

interface Asking {
  readonly caller: Caller;
  readonly project: Project;
  readonly routing: Routing;
}

/** GraphQL as the web app of MLflow speaks it: each root field is one of the other routes, of which the selected part is told. */
export function graphqlRoutes(routing: Routing): Route[] {
  return routing.raw('graphql', async ({ caller, project, body }: Incoming<unknown, unknown, unknown>) => {
    const wire = isWire(body) ? body : {};
    const { query } = read(wire, { query: needed(text) });
    const variables = isWire(wire['variables']) ? wire['variables'] : {};
    return answerTo({ caller, project, routing }, query, variables);
  });
}

/** Mistakes are told in the answer, as GraphQL does: a question that is none has no data, one that failed is null in it. */
async function answerTo(asking: Asking, query: string, variables: Wire) {
  let fields: readonly Selected[];
  try {
    fields = readQuery(query, variables);
    assertKnown('Query', fields);
  } catch (error) {
    return { data: null, errors: [messageOf(error)] };
  }
  const data: Record<string, unknown> = {};
  const errors: string[] = [];
  for (const field of fields) {
    try {
      data[field.alias] = field.name === '__typename' ? 'Query' : await resolve(asking, field);
    } catch (error) {
      data[field.alias] = null;
      errors.push(messageOf(error));
    }
  }
  return { data, errors: errors.length === 0 ? null : errors };
}

function messageOf(error: unknown): string {
  if (!(error instanceof SlipwayError) || error.status >= 500) throw error;
  const { body } = explain(error);
  return isWire(body) ? String(body['message']) : error.message;
}

function assertKnown(type: string, fields: readonly Selected[]): void {
  for (const { name, fields: below } of fields.filter((field) => field.name !== '__typename')) {
    const members = types[type] ?? {};
    const is = Object.hasOwn(members, name) ? members[name] : undefined;
    if (is === undefined) throw invalid(`Cannot query field '${name}' on type '${type}'.`);
    const named = typeNamed(is);
    if (named === null && below !== null) throw invalid(`Field '${name}' must not have a selection since it has no subfields.`);
    if (named !== null && below === null) throw invalid(`Field '${name}' of type '${named}' must have a selection of subfields.`);
    if (named !== null && below !== null) assertKnown(named, below);
  }
}

/** Of `[MlflowRun]` or `MlflowRun`; null for a value. */
function typeNamed(is: string): string | null {
  const name = is.replace(/[[\]]/g, '');
  return Object.hasOwn(types, name) ? name : null;
}

async function resolve({ caller, project, routing }: Asking, { name, input, fields }: Selected): Promise<unknown> {
  const ask = (route: MlflowRouteName, wire: Wire) => routing.view(route)(caller, project, wire);
  const view = views[name];
  if (view === undefined) throw invalid(`Cannot query field '${name}' on type 'Query'.`);
  const answer = (await ask(view, input)) as Wire;
  const asked = fields ?? [];
  const below = asked.filter((field) => field.name === 'run' || field.name === 'runs').flatMap((field) => field.fields ?? []);
  const found: readonly unknown[] = Array.isArray(answer['runs']) ? answer['runs'] : [answer['run']];
  const runs = found.filter(isWire);
  const wants = (member: string) => below.some((field) => field.name === member);
  const more = await aroundRuns(ask, runs, { experiment: wants('experiment'), modelVersions: wants('modelVersions') });
  const whole = {
    ...answer,
    ...(isWire(answer['run']) ? { run: more(answer['run']) } : {}),
    ...(Array.isArray(answer['runs']) ? { runs: runs.map(more) } : {}),
  };
  return shown(types['Query']?.[name] ?? '', whole, asked);
}

/** A filter takes only so many characters. */
const runsTogether = 1000;

type Ask = (route: MlflowRouteName, wire: Wire) => unknown;

/** What a run is shown with here and nowhere else: its experiment, and the versions that were made of it. Each is read once for all runs. */
async function aroundRuns(ask: Ask, runs: readonly Wire[], wanted: { readonly experiment: boolean; readonly modelVersions: boolean }) {
  const infoOf = (run: Wire, name: string): string => String(isWire(run['info']) ? (run['info'][name] ?? '') : '');
  const experiments = new Map<string, unknown>();
  for (const id of wanted.experiment ? new Set(runs.map((run) => infoOf(run, 'experiment_id'))) : []) {
    experiments.set(id, ((await ask('getExperiment', { experiment_id: id })) as Wire)['experiment']);
  }
  const found: Wire[] = [];
  for (let from = 0; wanted.modelVersions && from < runs.length; from += runsTogether) {
    const ids = runs.slice(from, from + runsTogether).map((run) => `'${infoOf(run, 'run_id')}'`);
    const { model_versions } = (await ask('searchModelVersions', { filter: `run_id IN (${ids.join(', ')})` })) as Wire;
    found.push(...(Array.isArray(model_versions) ? model_versions.filter(isWire) : []));
  }
  const versions = Map.groupBy(found, (version) => String(version['run_id']));
  return (run: Wire): Wire => ({
    ...run,
    experiment: experiments.get(infoOf(run, 'experiment_id')),
    model_versions: versions.get(infoOf(run, 'run_id')),
  });
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The selected part of a value of a type. What is absent is its empty value, as protobuf reads it. */
function shown(is: string, value: unknown, fields: readonly Selected[] | null): unknown {
  if (is === 'ApiError') return null;
  if (is.startsWith('[')) return (Array.isArray(value) ? value : []).map((one) => shown(is.slice(1, -1), one, fields));
  const members = types[is];
  if (!members) return plain(is, value);
  const from = isWire(value) ? value : {};
  return Object.fromEntries(
    (fields ?? []).map(({ name, alias, fields: below }) => [
      alias,
      name === '__typename' ? is : shown(members[name] ?? 'text', from[snake(name)], below),
    ]),
  );
}

function plain(is: string, value: unknown): unknown {
  switch (is) {
    case 'long':
      return String(value ?? 0);
    case 'flag':
      return value === true;
    case 'word':
      return value ?? null;
    case 'float':
      return typeof value === 'string' ? null : (value ?? 0);
    default:
      return value ?? '';
  }
}
