import type { Client } from '@slipway/sdk';
import { inProject, names } from './names.ts';
import type { Sent } from './sender.ts';
import type { Promotion, Refusal, Stage, Tally } from './stages.ts';
import { shortDate, table, widest_columns, wrap } from './terminal.ts';
import { span } from './year.ts';

/** Quality of answers against what came true; null where the rows do not define it. */
export interface Quality {
  readonly brier: number | null;
  readonly auc: number | null;
  readonly calibration_gap: number | null;
}

/** A month as it was served, and as version 1 would have served it. */
export interface Month {
  readonly period: string;
  readonly rows: number;
  readonly versions: readonly number[];
  readonly served: Quality;
  readonly first: Quality;
}

export interface ServedCounts {
  readonly requests: number;
  readonly failed: number;
  readonly outcomes: number;
}

export interface Report {
  readonly months: readonly Month[];
  readonly total: Month | null;
  readonly retrainings: { readonly started: number; readonly skipped: number };
  readonly promotions: readonly Promotion[];
  readonly refusals: readonly Refusal[];
  readonly served: ServedCounts;
  readonly player: Sent;
  /** How often the server was killed while the year was played. */
  readonly kills: number;
  readonly notices: number;
  readonly eventLoop: { readonly p99_ms: number | null; readonly max_ms: number | null };
  readonly year_ms: number;
  readonly all_ms: number;
  readonly stages: readonly Stage[];
}

const width = widest_columns;

/** How many rows the server answered, and how; counted by the server. */
export async function servedCounts(client: Client): Promise<ServedCounts> {
  const { counts } = await client.deployments.served({ params: { ...inProject, deployment: names.deployment } });
  const sum = (pick: (one: (typeof counts)[number]) => number): number => counts.reduce((all, one) => all + pick(one), 0);
  return {
    requests: sum(({ rows }) => rows),
    failed: sum(({ rows, status }) => (status === 'ok' ? 0 : rows)),
    outcomes: sum(({ outcomes }) => outcomes),
  };
}

/** The longest times that the server's HTTP thread was held, from its metrics. */
export async function eventLoopDelay(client: Client): Promise<Report['eventLoop']> {
  const text = await (await client.system.metrics()).text();
  const read = (name: string): number | null => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found) * 1000;
  };
  return { p99_ms: read('event_loop_delay_p99_seconds'), max_ms: read('event_loop_delay_max_seconds') };
}

export function retrainingsOf(tally: Tally): Report['retrainings'] {
  return { started: tally.counts.get('retraining.decided') ?? 0, skipped: tally.counts.get('retraining.skipped') ?? 0 };
}

/** The report as a person reads it, at most 100 columns wide. */
export function describeReport(report: Report): string[] {
  const { served, player, retrainings, eventLoop } = report;
  return [
    '',
    ...monthTable(report),
    '',
    `Retrainings     ${retrainings.started} started, ${retrainings.skipped} times not, for a reason in the audit trail`,
    ...listed('Promotions', report.promotions, ({ date, version, displaced, reason }) => [
      `${day(date)} version ${version} ${displaced === null ? 'as the first' : `over version ${displaced}`}`,
      reason,
    ]),
    ...listed('Refusals', report.refusals, ({ date, version, by, reason }) => [`${day(date)} version ${version} by the ${by}`, reason]),
    `Requests        ${served.requests} served, ${served.failed} failed; ${served.outcomes} outcomes joined`,
    ...(player.firstFailure === null ? [] : [`                first failure: ${player.firstFailure}`]),
    ...(report.kills === 0
      ? []
      : [`Kills           ${report.kills}; the server went on, and ${player.again} requests that got no answer were sent again`]),
    `Webhook         ${report.notices} notices received`,
    `Event loop      held ${ms(eventLoop.p99_ms)} at p99, ${ms(eventLoop.max_ms)} at most`,
    `Time            ${span(report.year_ms)} for the year, ${span(report.all_ms)} in all`,
    ...stageLines(report.stages),
  ];
}

export function monthTable({ months, total }: Pick<Report, 'months' | 'total'>): string[] {
  const rows = [...months, ...(total === null ? [] : [total])].map(({ period, rows: count, versions, served, first }) => [
    period,
    String(count),
    runsOf(versions),
    ...pair(served.brier, first.brier, 4),
    ...pair(served.auc, first.auc, 3),
    ...pair(served.calibration_gap, first.calibration_gap, 3),
  ]);
  if (rows.length === 0) return ['No month has outcomes yet.'];
  const header = ['', 'flights', 'version', 'Brier', 'only v1', 'AUC', 'only v1', 'gap', 'only v1'];
  return table([header, ...rows]).map((line) => line.slice(0, width));
}

/** Whole numbers in rising order, runs of them short: `3 5-7`. */
function runsOf(numbers: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  return runs.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(' ');
}

function pair(served: number | null, first: number | null, digits: number): string[] {
  return [served, first].map((value) => (value === null ? '-' : value.toFixed(digits)));
}

function listed<T>(title: string, items: readonly T[], describe: (item: T) => readonly [what: string, why: string]): string[] {
  const lines = [`${title.padEnd(16)}${items.length}`];
  for (const item of items) {
    const [what, why] = describe(item);
    lines.push(...wrap(`${what}: ${why}`, width - 18).map((line, at) => `${' '.repeat(at === 0 ? 16 : 18)}${line}`));
  }
  return lines;
}

function stageLines(stages: readonly Stage[]): string[] {
  const absent = stages.filter(({ happened }) => !happened);
  if (absent.length === 0) return [`Stages          all ${stages.length} happened`];
  return ['Stages          not every one happened. Missing:', ...absent.map(({ name }) => `                - ${name}`)];
}

const day = (date: string | null): string => (date === null ? '' : shortDate(date));
const ms = (value: number | null): string => (value === null ? 'an unknown time' : `${value.toFixed(1)} ms`);
