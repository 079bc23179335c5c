import { systemCaller } from '../../kernel/caller.ts';
import { digestOf } from '../../kernel/digest.ts';
import { parsed } from '../../kernel/json.ts';
import type { Project } from '../../kernel/project.ts';
import { migrations } from '../../platform/database/index.ts';
import { type Check, namedLimit, reportTodo, restoreTodo, verdict } from './check.ts';
import type { Surroundings } from './doctor-files.ts';
import * as store from './doctor-store.ts';
import type { Rooms, Work } from './rooms.ts';

/** The rooms, with a connection of its own for what the doctor reads of their tables. */
export type Read = Omit<Rooms, 'database'> & { readonly database: Pick<Rooms['database'], 'read'> };

const doctor = systemCaller('doctor');

export async function schema({ database }: Read): Promise<Check> {
  const [applied, known] = [await store.appliedSteps(database.read), migrations.map(({ name }) => name)];
  const problems = [
    ...known.filter((name) => !applied.includes(name)).map((name) => `the step ${name} is not marked as applied`),
    ...applied.filter((name) => !known.includes(name)).map((name) => `this version does not know the step ${name}`),
  ];
  return verdict('schema', problems, `the newest step is ${known.at(-1)}`, restoreTodo);
}

/** Hashed between two turns of the event loop. */
const eventsPage = 100;

/** Numbered from 1 without a gap, each with the digest of its content, and caused by an earlier one. */
export async function events({ database, events: log }: Read, { progress, signal }: Work): Promise<Check> {
  const problems: string[] = [];
  const { rows, first, last } = await store.eventNumbers(database.read);
  if (rows > 0 && (first !== 1 || last !== rows)) problems.push(`${last - rows} of the events 1 to ${last} are not there`);
  let seen = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    // Those written while this runs are for the next time.
    const page = (await log.list({ after, order: 'oldest', limit: eventsPage })).filter(({ number }) => number <= last);
    for (const { digest, ...content } of page) {
      if (digestOf(content) !== digest) problems.push(`event ${content.number} was changed after it was written`);
      if (content.cause !== null && content.cause >= content.number) problems.push(`event ${content.number} is caused by a later one`);
    }
    const newest = page.at(-1);
    if (!newest || problems.length > namedLimit) break;
    after = newest.number;
    seen += page.length;
    progress('events', seen, rows);
  }
  return verdict('events', problems, `${rows} events have no gap, and each its digest`, restoreTodo);
}

export async function aliases({ database }: Read): Promise<Check> {
  const lost = await store.aliasesToNowhere(database.read);
  const problems = lost.map(({ name, version }) => `${name} is version ${version}, which is not there`);
  return verdict('aliases', problems, `${await store.countAliases(database.read)} aliases name versions that are there`, reportTodo);
}

/** The alias and the deployment are moved in one write: they never differ. */
export async function champions({ deployments, models }: Read, projects: readonly Project[]): Promise<Check> {
  const problems: string[] = [];
  let compared = 0;
  for (const project of projects) {
    for (const deployment of await deployments.list(doctor, project)) {
      if (deployment.retired || deployment.champion === null) continue;
      compared++;
      const { name, model, champion, definition } = deployment;
      const version = (await models.versions(doctor, project, model)).find((one) => one.number === champion);
      if (!version || version.retired_at_ms !== null)
        problems.push(`deployment ${name} serves ${model}/${champion}, which is not there or retired`);
      if (definition.environment !== 'production') continue;
      const alias = (await models.aliases(project, model)).get('champion');
      if (alias !== champion) problems.push(`deployment ${name} serves ${model}/${champion}; the alias champion is ${alias ?? 'not set'}`);
    }
  }
  return verdict('champions', problems, `${compared} deployments serve versions that are there, and the alias agrees`, reportTodo);
}

/** The traffic of a deployment adds up to 100%: one rollout moves it at a time, by steps that rise to all of it, and a champion takes the rest. */
export async function rollouts({ database }: Read): Promise<Check> {
  const problems: string[] = [];
  const live = new Set<string>();
  const all = await store.rolloutRows(database.read);
  for (const { deployment, number, state, step, plan, champion } of all) {
    const what = `rollout ${number} of ${deployment}`;
    const { steps } = parsed(plan) as { steps: readonly number[] };
    const rises = steps.every((share, index) => share > (steps[index - 1] ?? 0)) && steps.at(-1) === 1;
    if (!rises) problems.push(`${what} has the steps ${steps.join(', ')}, which do not rise to all of the traffic`);
    if (state !== 'rolling' && state !== 'waiting') continue;
    if (live.has(deployment)) problems.push(`${what} is the second that moves traffic at once`);
    live.add(deployment);
    const share = steps[step];
    if (share === undefined) problems.push(`${what} is at step ${step}, which it does not have`);
    else if (share < 1 && champion === null) problems.push(`${what} takes ${share} of the traffic, and nothing takes the rest`);
  }
  return verdict(
    'rollouts',
    problems,
    `${all.length} rollouts, ${live.size} of them moving traffic: each split adds up to all of it`,
    reportTodo,
  );
}

export async function verdicts({ database }: Read): Promise<Check> {
  const lost = await store.judgedNothing(database.read);
  return verdict(
    'verdicts',
    lost.map((what) => `${what} is on a version that is not there`),
    'verdicts and approvals are on versions that are there',
    reportTodo,
  );
}

/** Each has a row for every step that it was frozen with; one that runs has a step to go on with. */
export async function executions({ database }: Read): Promise<Check> {
  const problems: string[] = [];
  const all = await store.executionRows(database.read);
  for (const { id, pipeline, state, definition, steps, unfinished } of all) {
    const frozen = Object.keys((parsed(definition) as { steps: object }).steps).length;
    const what = `execution ${id} of ${pipeline}`;
    if (frozen === 0 || steps !== frozen) problems.push(`${what} has ${steps} of its ${frozen} steps`);
    if (state === 'succeeded' && unfinished > 0) problems.push(`${what} succeeded with ${unfinished} steps not ended`);
  }
  const todo = 'Cancel it if it runs, and start the pipeline again. Then please report this line.';
  return verdict('executions', problems, `${all.length} executions have all their steps`, todo);
}

/** A lease is renewed every 20 seconds; a job that nothing holds up begins at once. */
const leaseGrace_ms = 60_000;
const dueGrace_ms = 3_600_000;

export async function jobs({ database, clock }: Read, { served }: Surroundings): Promise<Check> {
  const count = await store.countUnendedJobs(database.read);
  // While no server runs nothing is taken, and what was running is given back at the next start.
  if (!served) return verdict('jobs', [], `${count} jobs wait for the next start`, '');
  const now_ms = clock.now();
  const stuck = await store.stuckJobs(database.read, { leases_ms: now_ms - leaseGrace_ms, due_ms: now_ms - dueGrace_ms });
  const problems = stuck.map(({ id, name, state }) =>
    state === 'running'
      ? `${name} (${id}) is held by a process that no longer answers for it`
      : `${name} (${id}) has waited for over an hour`,
  );
  return verdict(
    'jobs',
    problems,
    `${count} jobs wait or run, none for too long`,
    'Restart the server: it takes back what nobody works on.',
  );
}

export async function orphans({ database }: Read): Promise<Check> {
  const found = await store.orphanCounts(database.read);
  return verdict(
    'orphans',
    found.map(({ what }) => what),
    'every row belongs to a row that is there',
    reportTodo,
  );
}
