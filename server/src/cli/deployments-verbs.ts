import { type Client, SlipwayApiError } from '@slipway/sdk';
import { exits } from './exits.ts';
import { facts, plain, shareText, spanText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { CliProblem, usageProblem } from './problem.ts';
import { type Noun, verb } from './verb.ts';
import type { See, Work } from './work.ts';

type Rollout = Awaited<ReturnType<Client['deployments']['roll']>>;

function rolloutLine({ deployment, version, state, plan, step, evidence }: Rollout): string {
  const share = plan.steps[step];
  const part = state === 'rolling' && share !== undefined ? ` at ${shareText(share)} of the traffic` : '';
  const why = evidence.at(-1)?.text;
  return `${deployment}: version ${version} is ${state}${part}${why === undefined ? '' : ` (${plain(why)})`}`;
}

export const deploy = verb({
  usage: 'deploy <deployment> [number]',
  summary:
    'Release a version (default the newest of its model): it passes the gate, then moves in by the steps of the rollout. Where there is no such deployment, but a model of that name that no gate judges, one is made in `staging`.',
  example: 'deploy delay --version 3',
  options: { 'version <number>': 'which version' },
  async run({ deployment, number, version = number }, work) {
    const { client, project, signal } = work;
    if (number !== undefined && version !== number) throw usageProblem(`Two versions were named: ${number} and ${version}.`, 'Name one.');
    const asked = version === undefined ? null : wholeNumber(version, 'version');
    const made = await makeIfMissing(deployment, work);
    const body = { version: asked ?? (await newestVersion(deployment, work)) };
    const rollout = await client.deployments.roll({ params: { project, deployment }, body, signal, timeout_ms: load_ms });
    await work.answer(rollout, (one) => [...made, rolloutLine(one)]);
    return exits.ok;
  },
});

/** Where a model is tried before it has a gate. */
const firstEnvironment = 'staging';

/** Makes the deployment of a model that goes by its name, and says so; only where nobody wrote down how the model is released. */
async function makeIfMissing(deployment: string, { client, project, signal }: Work): Promise<readonly string[]> {
  const params = { project, deployment };
  const missing = await client.deployments.get({ params, signal }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof SlipwayApiError && error.code === 'not_found') return error;
      throw error;
    },
  );
  if (missing === null) return [];
  const [models, gates] = await Promise.all([
    client.models.list({ params: { project }, signal }),
    client.gates.list({ params: { project }, signal }),
  ]);
  const model = models.items.find((one) => one.name === deployment && !one.retired);
  if (model?.latest == null) throw missing;
  const gate = gates.items.find((one) => !one.retired && one.definition.model === deployment);
  if (gate) {
    throw new CliProblem(
      exits.failed,
      `There is no deployment ${deployment}, and gate ${gate.name} judges model ${deployment}: none is made by itself.`,
      'Write the deployment down under `deployments:` in slipway.yaml, with its gate, and apply it.',
    );
  }
  await client.deployments.define({ params, body: { model: deployment, environment: firstEnvironment }, signal });
  return [
    `Made deployment ${deployment} of model ${deployment} in ${firstEnvironment}: a version takes all traffic at once. It answers at /v2/models/${deployment} and at /api/v1/deployments/${deployment}/predict.`,
  ];
}

/** The version is loaded before it gets traffic. */
const load_ms = 120_000;

async function newestVersion(deployment: string, { client, project, signal }: Work): Promise<number> {
  const { definition } = await client.deployments.get({ params: { project, deployment }, signal });
  const { items } = await client.models.list({ params: { project }, signal });
  const latest = items.find((one) => one.name === definition.model)?.latest ?? null;
  if (latest !== null) return latest;
  throw new CliProblem(
    exits.failed,
    `Model ${definition.model} has no version to deploy.`,
    'Train one with `slipway start PIPELINE`, or add a file with `slipway models add`.',
  );
}

export const promote = verb({
  usage: 'promote <deployment>',
  summary: 'Give the version of the running rollout all traffic now; the guards of the present step must hold.',
  example: 'promote delay',
  async run({ deployment }, { client, project, signal, answer }) {
    await answer(await client.deployments.promote({ params: { project, deployment }, signal }), (one) => [rolloutLine(one)]);
    return exits.ok;
  },
});

export const rollback = verb({
  usage: 'rollback <deployment>',
  summary: 'End the running rollout, or go back to the version before.',
  example: 'rollback delay --reason "complaints from EWR"',
  options: { 'reason <text>': 'why; it stands in the audit trail' },
  async run({ deployment, reason }, { client, project, signal, answer }) {
    const body = reason === undefined ? {} : { reason };
    await answer(await client.deployments.rollback({ params: { project, deployment }, body, signal }), (one) => [rolloutLine(one)]);
    return exits.ok;
  },
});

const ls = verb({
  usage: 'ls',
  summary: 'List the deployments and what they serve.',
  example: 'deployments ls',
  async run(_, { client, project, signal, answer }) {
    await answer(await client.deployments.list({ params: { project }, signal }), ({ items }, see) =>
      see.table(
        ['deployment', 'model', 'environment', 'serves', 'gate', 'rollout', ''],
        items.map((one) => [
          one.name,
          one.definition.model,
          one.definition.environment,
          splitText(one.split),
          one.definition.gate,
          one.rollout === null ? '' : `version ${one.rollout.version}, ${one.rollout.state}`,
          one.retired ? 'retired' : '',
        ]),
        'No deployments yet: write one down under `deployments:` in slipway.yaml, and apply it.',
      ),
    );
    return exits.ok;
  },
});

function splitText(split: readonly { readonly version: number; readonly share: number }[]): string {
  return split.length === 0 ? 'nothing yet' : split.map(({ version, share }) => `version ${version} ${shareText(share)}`).join(', ');
}

const show = verb({
  usage: 'show <deployment>',
  summary: 'Show a deployment: its versions and their shares, what was served, its rollouts with their evidence.',
  example: 'deployments show delay',
  async run({ deployment }, work) {
    const { client, project, signal } = work;
    const params = { project, deployment };
    const [one, served, rollouts] = await Promise.all([
      client.deployments.get({ params, signal }),
      client.deployments.served({ params, signal }),
      client.deployments.rollouts({ params, signal }),
    ]);
    await work.answer({ ...one, served, rollouts: rollouts.items, rollouts_next: rollouts.next }, (all, see) => [
      ...facts([
        ['deployment', all.name],
        ['model', all.definition.model],
        ['environment', all.definition.environment],
        ['gate', all.definition.gate ?? 'none'],
        ['serves', splitText(all.split)],
        ['goes back to', all.previous === null ? '' : `version ${all.previous}`],
        [
          'served',
          all.served.first_ms === null ? 'nothing yet' : `from ${see.when(all.served.first_ms)} to ${see.when(all.served.last_ms)}`,
        ],
      ]),
      '',
      ...see.table(
        ['>version', 'answered', '>rows', '>with outcome'],
        all.served.counts.map((count) => [count.version, count.status, count.rows, count.outcomes]),
        'No requests yet.',
      ),
      '',
      ...rolloutLines(all.rollouts, see),
    ]);
    return exits.ok;
  },
});

const rolloutsShown = 10;

function rolloutLines(rollouts: readonly Rollout[], see: See): string[] {
  const lines = see.table(
    ['>rollout', '>version', 'from', 'state', 'started', '>took', 'last decision'],
    rollouts
      .slice(0, rolloutsShown)
      .map((one) => [
        one.number,
        one.version,
        one.displaced === null ? '' : `version ${one.displaced}`,
        one.state,
        see.when(one.started_ms),
        one.ended_ms === null ? '' : spanText(one.ended_ms - one.started_ms),
        one.evidence.at(-1)?.text,
      ]),
    'No rollouts yet.',
  );
  return rollouts.length > rolloutsShown ? [...lines, 'There are earlier ones: see them with --json.'] : lines;
}

export const deployments: Noun = {
  noun: 'deployments',
  summary: 'Models in an environment under a lasting name: ls, show.',
  verbs: [ls, show],
};
