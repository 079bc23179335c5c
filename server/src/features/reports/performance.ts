import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { ModelVersion, Signature } from '../models/index.ts';
import { truthOfOutcomes, type Window } from '../monitors/index.ts';
import type { ServedRow } from '../predictions/index.ts';
import type { ReportsDeps } from './context.ts';
import { type MeterReading, QualityMeter } from './meter.ts';
import { isZone, monthsLimit, monthsOf, type Period } from './months.ts';
import { batchRows, type Rescore, withVersion } from './rescore.ts';

export interface PerformanceQuery {
  readonly deployment: string;
  /** Event time; the whole of what was served by default. */
  readonly from_ms?: number;
  readonly to_ms?: number;
  readonly by: 'month' | 'all';
  /** `served`: what was answered then, by whichever version. A number: what that version says about the same rows today. */
  readonly versions: readonly ('served' | number)[];
  /** IANA name; the project's by default. */
  readonly zone?: string;
}

export interface PerformanceEntry extends MeterReading {
  readonly version: 'served' | number;
  /** Answered rows that a version could not score again, since their features were not kept. */
  readonly without_body: number;
}

export interface PerformanceReport {
  readonly deployment: string;
  readonly model: string;
  readonly zone: string;
  readonly periods: readonly MeasuredPeriod[];
  /** Over all rows of the periods. */
  readonly total: MeasuredPeriod;
}

export interface MeasuredPeriod extends Period {
  readonly entries: readonly PerformanceEntry[];
}

const versionsLimit = 10;
const rowsLimit = 1_000_000;

export async function performance(
  deps: ReportsDeps,
  caller: Caller,
  project: Project,
  query: PerformanceQuery,
): Promise<PerformanceReport> {
  assertMay(caller, project, 'read');
  const zone = query.zone ?? project.zone;
  assertQuery(query, zone);
  const { deployment } = query;
  const facts = await deps.deploymentFacts(project, deployment);
  if (!facts) throw failure('not_found', { what: 'deployment', name: deployment });
  const range = await deps.predictions.range(deployment);
  if (facts.champion === null || !range) throw failure('nothing_to_report', { deployment });
  const span = { from_ms: query.from_ms ?? range.first_ms, to_ms: query.to_ms ?? range.last_ms + 1 };
  await assertSize(deps, deployment, span);
  const whole = { label: 'all', ...span };
  const periods = query.by === 'month' ? servedMonths(span, range, zone) : [whole];
  const champion = await deps.models.version(project, facts.model, facts.champion);
  const measured: { version: 'served' | number; readings: Readings }[] = [];
  for (const version of new Set(query.versions)) {
    const readings =
      version === 'served'
        ? await measurePeriods(deps, deployment, periods, champion.signature, null)
        : await rescorePeriods(deps, deployment, periods, await deps.models.version(project, facts.model, version));
    measured.push({ version, readings });
  }
  const entriesOf = (reading: (of: Readings) => Reading | undefined): PerformanceEntry[] =>
    measured.flatMap(({ version, readings }) => {
      const found = reading(readings);
      return found ? [{ version, ...found }] : [];
    });
  return {
    deployment,
    model: facts.model,
    zone,
    periods: periods.map((period, at) => ({ ...period, entries: entriesOf(({ periods }) => periods[at]) })),
    total: { ...whole, entries: entriesOf(({ total }) => total) },
  };
}

function assertQuery({ versions, from_ms, to_ms }: PerformanceQuery, zone: string): void {
  const refuse = (field: string, expected: string, got: string | number): never => {
    throw failure('invalid_input', { field, expected, got });
  };
  if (versions.length === 0 || versions.length > versionsLimit) refuse('versions', `1 to ${versionsLimit} of them`, versions.length);
  if (from_ms !== undefined && to_ms !== undefined && from_ms >= to_ms) refuse('to_ms', `a moment after from_ms (${from_ms})`, to_ms);
  if (!isZone(zone)) refuse('zone', 'an IANA name such as Europe/Berlin', zone);
}

/** The months of the span in which something was served; more than a report holds are refused, not cut. */
function servedMonths(span: Window, { first_ms, last_ms }: { first_ms: number; last_ms: number }, zone: string): Period[] {
  const served = { from_ms: Math.max(span.from_ms, first_ms), to_ms: Math.min(span.to_ms, last_ms + 1) };
  if (served.from_ms >= served.to_ms) return [];
  const months = monthsOf(served, zone);
  if (months.length <= monthsLimit) return months;
  const got = new Date(served.from_ms).toISOString();
  throw failure('invalid_input', {
    field: 'from_ms',
    expected: `a moment at most ${monthsLimit} months before the end of the report`,
    got,
  });
}

async function assertSize({ predictions }: ReportsDeps, deployment: string, { from_ms, to_ms }: Window) {
  const counts = await predictions.served(deployment, from_ms, to_ms);
  const rows = counts.reduce((sum, count) => sum + count.rows, 0);
  if (rows > rowsLimit) throw failure('report_too_large', { rows, limit: rowsLimit });
}

type Reading = Omit<PerformanceEntry, 'version'>;

interface Readings {
  readonly periods: readonly Reading[];
  readonly total: Reading;
}

function rescorePeriods(deps: ReportsDeps, deployment: string, periods: readonly Period[], version: ModelVersion): Promise<Readings> {
  return withVersion(deps, version, (rescore) => measurePeriods(deps, deployment, periods, version.signature, rescore));
}

/** Reads each row once: it counts in its period and in the total. */
async function measurePeriods(
  deps: ReportsDeps,
  deployment: string,
  periods: readonly Period[],
  signature: Signature,
  rescore: Rescore | null,
): Promise<Readings> {
  const measured: Reading[] = [];
  const total = new QualityMeter(signature);
  for (const { from_ms, to_ms } of periods) {
    const meter = new QualityMeter(signature);
    let without_body = 0;
    let batch: ServedRow[] = [];
    const settle = async () => {
      if (rescore === null) addRows([meter, total], signature, batch, batch);
      else without_body += await addRescored([meter, total], signature, batch, rescore);
      batch = [];
    };
    for await (const page of deps.predictions.rows({ deployment, from_ms, to_ms, withOutcome: true })) {
      batch.push(...page.filter((row) => row.status === 'ok'));
      if (batch.length >= batchRows) await settle();
    }
    await settle();
    measured.push({ ...(await meter.read()), without_body });
  }
  const without_body = measured.reduce((sum, reading) => sum + reading.without_body, 0);
  return { periods: measured, total: { ...(await total.read()), without_body } };
}

/** Resolves to the number of rows that could not be scored again. */
async function addRescored(
  meters: readonly QualityMeter[],
  signature: Signature,
  rows: readonly ServedRow[],
  rescore: Rescore,
): Promise<number> {
  const kept = rows.filter((row) => row.body !== null);
  if (kept.length > 0) addRows(meters, signature, kept, await rescore(kept.map((row) => row.body ?? {})));
  return rows.length - kept.length;
}

function addRows(
  meters: readonly QualityMeter[],
  signature: Signature,
  rows: readonly ServedRow[],
  answers: readonly { readonly score: number | null; readonly label: string | null }[],
): void {
  const truth = truthOfOutcomes(
    signature,
    rows.map((row) => row.outcome?.value ?? null),
  );
  answers.forEach(({ score, label }, row) => {
    for (const meter of meters) meter.add(truth[row] ?? Number.NaN, score ?? Number.NaN, label);
  });
}
