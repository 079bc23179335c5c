import type { Client } from '@slipway/sdk';
import { chosen } from './choices.ts';
import { type Exit, exits } from './exits.ts';
import { type Cell, facts, numberText, plain, shareText, spanText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { moreLines, upTo } from './pages.ts';
import { type Noun, verb } from './verb.ts';
import type { See } from './work.ts';

type Result = Awaited<ReturnType<Client['monitors']['check']>>;
type Incident = Awaited<ReturnType<Client['monitors']['incident']>>;
type Breach = Incident['breaches'][number];

const ls = verb({
  usage: 'ls',
  summary: 'List the monitors and their limits.',
  example: 'monitors ls',
  async run(_, { client, project, signal, answer }) {
    await answer(await client.monitors.list({ params: { project }, signal }), ({ items }, see) =>
      see.table(
        ['monitor', 'deployment', '>window', '>every', 'limits', 'tells', ''],
        items.map(({ name, definition, retired }) => [
          name,
          definition.deployment,
          spanText(definition.window_ms),
          spanText(definition.every_ms),
          Object.entries(definition.performance)
            .map(([metric, limit]) => limitText(metric, limit))
            .join(', '),
          definition.notify.join(', '),
          retired ? 'retired' : '',
        ]),
        'No monitors yet: write one down under `monitors:` in slipway.yaml, and apply it.',
      ),
    );
    return exits.ok;
  },
});

function limitText(metric: string, { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }): string {
  return [...(min === undefined ? [] : [`${metric} at least ${min}`]), ...(max === undefined ? [] : [`${metric} at most ${max}`])].join(
    ', ',
  );
}

const show = verb({
  usage: 'show <monitor>',
  summary: 'Show the newest check of a monitor with its figures, and the checks before it.',
  example: 'monitors show delay',
  options: { 'limit <number>': 'checks at most (default 10, at most 100)' },
  async run({ monitor, limit = '10' }, { client, project, signal, answer }) {
    const query = { limit: wholeNumber(limit, '--limit') };
    await answer(await client.monitors.results({ params: { project, monitor }, query, signal }), (found, see) => [
      ...(found.items[0] === undefined ? [] : [...resultLines(found.items[0], see), '']),
      ...see.table(
        ['window from', 'to', '>version', 'found', '>outcomes', 'beyond its limit', 'drifted'],
        found.items.map((one) => [
          see.when(one.window_from_ms),
          see.when(one.window_to_ms),
          one.version,
          one.severity,
          one.measurements.outcomes,
          one.judgement.breaches.map(({ metric }) => metric).join(', '),
          one.judgement.watch.map(({ name }) => name).join(', '),
        ]),
        `Monitor ${monitor} has checked nothing yet.`,
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

function resultLines({ measurements, judgement, ...result }: Result, see: See): string[] {
  const { served, quality, estimated } = measurements;
  return [
    ...facts([
      ['found', result.severity === 'none' ? 'nothing' : result.severity],
      ['window', `${see.when(result.window_from_ms)} to ${see.when(result.window_to_ms)}`],
      ['version', result.version],
      ['served', `${numberText(served.ok)} answered, ${numberText(served.refused)} refused, ${numberText(served.failed)} failed`],
      ['outcomes', `${numberText(measurements.outcomes)} (${shareText(measurements.coverage)} of the rows)`],
      ...judgement.breaches.map((breach) => ['beyond its limit', breachText(breach, see)] as const),
      ...judgement.unjudged.map(({ metric, reason }) => ['not judged', `${metric}: ${reason}`] as const),
    ]),
    '',
    ...see.table(
      ['quality', '>value', 'interval', '>rows', '>estimated without outcomes'],
      Object.entries(quality).map(([metric, { value, low, high, rows }]) => [
        metric,
        value,
        intervalText(low, high),
        rows,
        estimated?.[metric]?.value,
      ]),
      'No outcomes in this window.',
    ),
    '',
    ...see.table(
      ['column', 'drifted', 'method', '>score', '>limit'],
      Object.entries(measurements.drift)
        .sort(([, a], [, b]) => b.strength - a.strength)
        .map(([column, drift]): Cell[] => [column, drift.drifted, drift.method, drift.score, drift.threshold]),
      measurements.no_reference ?? 'Drift was not measured.',
    ),
  ];
}

function intervalText(low: number | null, high: number | null): string {
  return low === null || high === null ? '' : `${numberText(low)} to ${numberText(high)}`;
}

function breachText({ metric, source, value, limit, since_ms }: Breach, see: See): string {
  const side = limit.kind === 'min' ? 'at least' : 'at most';
  return `${metric} ${numberText(value)} (${source}), expected ${side} ${numberText(limit.value)}, since ${see.when(since_ms)}`;
}

const check = verb({
  usage: 'check <monitor>',
  summary: 'Check the window that ends now, besides the schedule; exit code 5 when a figure is beyond its limit.',
  example: 'monitors check delay',
  async run({ monitor }, { client, project, signal, answer }) {
    const result = await client.monitors.check({ params: { project, monitor }, signal, timeout_ms: check_ms });
    await answer(result, resultLines);
    return result.severity === 'incident' ? exits.refused : exits.ok;
  },
});

/** The whole window is read and measured. */
const check_ms = 300_000;

export const monitors: Noun = {
  noun: 'monitors',
  summary: 'What is watched and what was found: ls, show, check.',
  verbs: [ls, show, check],
};

const states = ['open', 'acknowledged', 'resolved'] as const;
const pageMost = 200;

const incidentsLs = verb({
  usage: 'ls',
  summary: 'List incidents and investigation entries (severity `watch`), newest first.',
  example: 'incidents ls --state open',
  options: {
    'state <state>': `only those that are ${states.join(', ')}`,
    'deployment <name>': 'only those of one deployment',
    'limit <number>': 'at most (default 50)',
  },
  async run({ state, deployment, limit = '50' }, { client, project, signal, answer }) {
    const only = {
      ...(state !== undefined && { state: chosen('--state', state, states) }),
      ...(deployment !== undefined && { deployment }),
    };
    const found = await upTo(wholeNumber(limit, '--limit'), pageMost, (page) =>
      client.monitors.incidents({ params: { project }, query: { ...page, ...only }, signal }),
    );
    await answer(found, ({ items }, see) => [
      ...see.table(
        ['incident', 'severity', 'state', 'deployment', '>version', 'since', '>windows', 'probable cause'],
        items.map((one) => [
          one.id,
          one.severity,
          one.state,
          one.deployment,
          one.version,
          see.when(one.since_ms),
          one.windows,
          one.causes[0]?.text,
        ]),
        'No incidents.',
      ),
      ...moreLines(found),
    ]);
    return exits.ok;
  },
});

function incidentLines(one: Incident, see: See): string[] {
  const note = (kept: Incident['resolved']): Cell =>
    kept && `${kept.by}, ${see.when(kept.at_ms)}${kept.reason === '' ? '' : `: ${kept.reason}`}`;
  return [
    ...facts([
      ['incident', one.id],
      ['severity', one.severity],
      ['state', one.state],
      ['deployment', `${one.deployment}, version ${one.version}`],
      ['monitor', one.monitor],
      ['since', `${see.when(one.since_ms)}, ${one.windows} windows to ${see.when(one.last_to_ms)}`],
      ...one.breaches.map((breach) => ['beyond its limit', breachText(breach, see)] as const),
      ['drifted', one.watch.map(({ name }) => name).join(', ')],
      ['acknowledged', note(one.acknowledged)],
      ['resolved', note(one.resolved)],
      ['story', `slipway audit why ${one.opened_event}`],
    ]),
    '',
    ...(one.causes.length === 0 ? ['No probable cause was found.'] : ['Probable causes, the likeliest first:']),
    ...one.causes.map(({ text, share }) => `  ${shareText(share)}  ${plain(text)}`),
  ];
}

const incidentShow = verb({
  usage: 'show <incident>',
  summary: 'Show an incident with its probable causes.',
  example: 'incidents show inc_01k9',
  async run({ incident }, { client, project, signal, answer }) {
    await answer(await client.monitors.incident({ params: { project, incident }, signal }), incidentLines);
    return exits.ok;
  },
});

const noted = { 'reason <text>': 'what you found, or what is done about it' } as const;

const ack = verb({
  usage: 'ack <incident>',
  summary: 'Take note of an incident.',
  example: 'incidents ack inc_01k9 --reason "the new radar feed, being looked at"',
  options: noted,
  async run({ incident, reason = '' }, { client, project, signal, answer }): Promise<Exit> {
    await answer(await client.monitors.acknowledge({ params: { project, incident }, body: { reason }, signal }), incidentLines);
    return exits.ok;
  },
});

const resolve = verb({
  usage: 'resolve <incident>',
  summary: 'Close an incident by hand; the next bad window opens another.',
  example: 'incidents resolve inc_01k9 --reason "feed mended"',
  options: noted,
  async run({ incident, reason = '' }, { client, project, signal, answer }): Promise<Exit> {
    await answer(await client.monitors.resolve({ params: { project, incident }, body: { reason }, signal }), incidentLines);
    return exits.ok;
  },
});

export const incidents: Noun = {
  noun: 'incidents',
  summary: 'Incidents and their causes: ls, show, ack, resolve.',
  verbs: [incidentsLs, incidentShow, ack, resolve],
};
