import { list, people } from './several.ts';

export const gates = {
  verdicts: { pass: 'Passed', fail: 'Failed', waits: 'Needs a person', refused: 'Refused', none: 'Not judged' },
  standing: {
    retired: (number: number) => `Version ${number} is retired.`,
    servesAll: (number: number, deployment: string) => `Version ${number} serves all traffic of ${deployment}.`,
    servesPart: (number: number, share: string, deployment: string) => `Version ${number} serves ${share} of the traffic of ${deployment}.`,
    may: (number: number) => `Version ${number} may serve.`,
    mayNot: (number: number) => `Version ${number} may not serve.`,
    waits: (number: number, needed: number, environment: string) => `Version ${number} waits for ${people(needed)} before ${environment}.`,
    notJudged: (number: number) => `Version ${number} has not been judged yet.`,
    noGate: (number: number) => `No gate judges this model, so nothing is known about version ${number} but its making.`,
    allHold: (all: number) => (all === 1 ? 'Its one criterion holds.' : `All ${all} criteria hold.`),
    broken: (broken: number, all: number, names: readonly string[]) =>
      all === 1
        ? `Its one criterion does not hold: ${list(names)}.`
        : `${broken} of ${all} criteria ${broken === 1 ? 'does' : 'do'} not hold: ${list(names)}.`,
    approved: (names: readonly string[]) => `${list(names)} approved.`,
    refused: (name: string, environment: string) => `${name} refused it for ${environment}.`,
  },
  groups: {
    champion: 'Better than champion',
    enough: 'Good enough',
    groups: 'For every group',
    safe: 'Safe to run',
    order: 'Set beforehand',
    people: 'For a person to decide',
  },
  holdOf: (holds: number, all: number) => `${holds} of ${all}`,
  gate: {
    gate: 'Gate',
    setBy: (revision: number) => `revision ${revision}, set by`,
    on: 'on',
    counts: (holds: number, all: number) => (holds === all ? `${all} criteria, all hold` : `${all} criteria, ${all - holds} fail`),
    judged: 'Judged',
    evaluate: 'Evaluate again',
    evaluateFirst: 'Evaluate now',
    evaluating: 'The version is scored on the tables of its execution; this takes some seconds.',
    approve: 'Approve or reject',
    again: (gate: string, number: number) =>
      `The gate ${gate} measures version ${number} again and keeps a new verdict; the old one stays in the history. Approvals of the old verdict do not count for the new one.`,
    notJudged: 'A version can be released once its gate has judged it.',
    noGate: 'A gate in the project file says what a version must hold before it may serve.',
  },
  evidence: {
    value: 'Value',
    interval: 'Interval, 95 %',
    rows: 'Rows judged',
    rival: 'Compared with',
    limit: 'Limit',
    group: 'Group',
    digest: 'Digest of the evidence',
    over: 'The same criterion by version',
    overLabel: (name: string, amount: number) => `${name} of ${amount} versions, oldest first`,
    intervalLabel: (name: string, low: string, value: string, high: string) => `${name} ${value}, 95 % interval ${low} to ${high}`,
  },
  approval: {
    name: (environment: string) => `Approval for ${environment}`,
    requested: (given: number, needed: number) => `${given} of ${needed} approved`,
    granted: (names: readonly string[]) => `approved by ${list(names)}`,
    refused: (names: readonly string[]) => `refused by ${list(names)}`,
    void: 'no longer stands',
    needs: (needed: number) => `needs ${people(needed)}`,
    review: 'Review',
    open: 'Open',
    state: { requested: 'waits', granted: 'approved', refused: 'refused', void: 'void' },
  },
  release: {
    retired: (number: number) => `Version ${number} is retired and cannot be deployed.`,
    rolling: (number: number, name: string) => `Version ${number} is on its way into ${name} already.`,
    serves: (number: number, name: string) => `Version ${number} serves all traffic of ${name} already.`,
    notJudged: (gate: string, number: number) => `The gate ${gate} has not judged version ${number}: evaluate it first.`,
    refused: (gate: string, number: number) => `The gate ${gate} did not let version ${number} pass, so it may not serve here.`,
    needsPeople: (number: number, needed: number, environment: string) =>
      `Version ${number} needs the approval of ${people(needed)} for ${environment} first.`,
    supersedes: (other: number) => `The running rollout of version ${other} ends.`,
    atOnce: (number: number, name: string, champion: number | null) =>
      champion === null
        ? `Version ${number} takes all traffic of ${name} at once.`
        : `Version ${number} takes all traffic of ${name} at once, from version ${champion}.`,
    steps: (number: number, name: string, first: string, later: readonly string[]) =>
      `Version ${number} gets ${first} of the traffic of ${name} now, then ${list(later)}.`,
    bakes: (time: string) => `Each step lasts at least ${time}.`,
    guarded: (guards: readonly string[], number: number, champion: number) =>
      `${list(guards)} ${guards.length === 1 ? 'guards' : 'guard'} each step: if version ${number} does clearly worse than version ${champion} on the same traffic, all of it goes back to version ${champion} by itself.`,
  },
  policy: {
    gate: (name: string) => `Gate ${name}`,
    none: 'No gate judges this model.',
    noneLine: 'A section `gates:` in the project file sets one; `slipway apply` sends it.',
    columns: { what: 'Judged', limit: 'Limit', on: 'On the table' },
    usual: 'rows it was not trained on',
    single: 'single rows, one after another',
    approvals: 'Who must sign, and who set it',
    approval: (environment: string) => `For ${environment}`,
    managed: { file: 'the project file', ui: 'these pages or the API' },
    managedBy: 'Kept in',
    revision: 'Revision',
    set: 'Set',
    by: 'By',
    bounds: (min: string | null, max: string | null) =>
      min !== null && max !== null ? `between ${min} and ${max}` : min !== null ? `at least ${min}` : max !== null ? `at most ${max}` : '',
    atMost: (value: string) => `at most ${value}`,
    againstChampion: (metric: string) => `${metric} against the champion`,
    betterBy: (value: string, unit: 'standard_errors' | 'metric') =>
      unit === 'metric' ? `better by more than ${value}` : `better by more than ${value} standard ${value === '1' ? 'error' : 'errors'}`,
    noWorseThan: (value: string) => `no worse than by ${value}`,
    ofEach: (metric: string, column: string, rows: string) => `${metric} of each ${column} with at least ${rows} rows`,
    scores: 'scores',
    within: (share: string, bounds: string) => `${share} ${bounds}`,
    latency: 'latency, 99th percentile of single rows',
    rollout: (deployment: string) => `Rollout in ${deployment}`,
    steps: 'Steps',
    guards: 'Guards',
    bake: 'Each step at least',
    environment: 'Environment',
  },
};
