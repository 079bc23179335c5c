import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import type { Handle } from '../../platform/database/index.ts';
import { causesOf } from './causes.ts';
import type { Check, MonitorsContext } from './context.ts';
import { type Change, changesOf, type Incident, type IncidentCause } from './incident.ts';
import { type Breach, type Judgement, judge } from './judge.ts';
import type { Measurements } from './measurement.ts';
import { kindOfMetric } from './monitor.ts';
import * as store from './monitors-store.ts';

/** Windows that a series may be interrupted by without being judged. */
const historyWindows = 12;

type Deps = Pick<MonitorsContext, 'events' | 'clock'>;

/** Judges a measured window against the ones before it and writes the result, its events and what becomes of incidents. */
export async function writeResult(
  deps: Deps,
  tx: Handle,
  caller: Caller,
  project: Project,
  check: Check,
  measurements: Measurements,
): Promise<store.CheckResult> {
  const { monitor, version, window, skipped, asked, anchor_ms } = check;
  const { deployment, every_ms } = monitor.definition;
  const history = await store.pastJudgements(tx, project.id, monitor.name, historyWindows);
  const judgement = judge(measurements, monitor.definition, history);
  const facts: Facts = { ...deps, tx, caller, project, check, measurements, judgement };
  const event = await emitChecked(facts);
  const cause = { ...facts, caller: { ...caller, cause: event } };
  const breached = judgement.breaches.length > 0 ? await emitBreached(cause) : event;
  // A window that could not tell is no end of a drift, so the next one that can does not find it anew.
  await emitDrift(cause, history.find((past) => past.judgement.drift_judged)?.judgement.watch.map((one) => one.name) ?? []);
  const result: store.CheckResult = {
    id: newId('chk'),
    monitor: monitor.name,
    deployment,
    revision: monitor.revision,
    version: version.number,
    window_from_ms: window.from_ms,
    window_to_ms: window.to_ms,
    severity: judgement.severity,
    asked,
    skipped,
    measurements,
    judgement,
    event,
    created_at_ms: deps.clock.now(),
  };
  const open = await store.openIncidents(tx, project.id, monitor.name);
  const lastGood = judgement.breaches.length > 0 ? await store.lastGoodSlices(tx, project.id, monitor.name, historyWindows) : null;
  const causes = causesOf(measurements, judgement, version.importance, lastGood);
  for (const change of changesOf(open, judgement)) {
    await applyChange({ ...facts, caller: { ...caller, cause: breached } }, change, open, causes);
  }
  await store.insertResult(tx, project.id, { ...result, anchor_ms, every_ms });
  return result;
}

interface Facts extends Deps {
  readonly tx: Handle;
  readonly caller: Caller;
  readonly project: Project;
  readonly check: Check;
  readonly measurements: Measurements;
  readonly judgement: Judgement;
}

function about({ check }: Facts) {
  const { monitor, window, version } = check;
  return { monitor: monitor.name, deployment: monitor.definition.deployment, version: version.number, window };
}

function emitChecked(facts: Facts): Promise<number> {
  const { events, tx, caller, project, check, measurements, judgement } = facts;
  const { served, outcomes, quality } = measurements;
  const skipped = check.skipped > 0 ? ` ${check.skipped} earlier windows were passed over, since the clock jumped ahead.` : '';
  return events.emit(tx, caller, {
    project_id: project.id,
    type: 'monitor.checked',
    subject: `monitor ${check.monitor.name}`,
    note: `Monitor ${check.monitor.name}: ${served.ok} rows, ${outcomes} with outcome; ${verdictText(judgement)}.${skipped}`,
    after: {
      ...about(facts),
      severity: judgement.severity,
      skipped: check.skipped,
      rows: served.ok,
      outcomes,
      metrics: Object.fromEntries(Object.entries(quality).map(([metric, figure]) => [metric, figure.value])),
      drifted: judgement.watch.map((one) => one.name),
    },
  });
}

function verdictText({ breaches, watch, unjudged }: Judgement): string {
  if (breaches.length > 0) return breaches.map(breachText).join(', ');
  const drift = watch.length > 0 ? `; ${watch.map((one) => one.name).join(', ')} drifted` : '';
  return unjudged.length > 0 ? `not judged: ${unjudged.map((one) => one.metric).join(', ')}${drift}` : `every limit holds${drift}`;
}

function breachText({ metric, source, value, limit }: Breach): string {
  const estimated = source === 'estimated' ? 'estimated ' : '';
  return `${estimated}${metric} ${value.toFixed(4)} is ${limit.kind === 'min' ? 'below' : 'above'} ${limit.value}`;
}

function emitBreached(facts: Facts): Promise<number> {
  const { events, tx, caller, project, check, judgement } = facts;
  return events.emit(tx, caller, {
    project_id: project.id,
    type: 'monitor.breached',
    subject: `monitor ${check.monitor.name}`,
    note: `Monitor ${check.monitor.name}: ${judgement.breaches.map(breachText).join(', ')}.`,
    after: {
      ...about(facts),
      kinds: [...new Set(judgement.breaches.map((breach) => kindOfMetric(breach.metric)))].sort(),
      metrics: judgement.breaches,
    },
  });
}

async function emitDrift(facts: Facts, before: readonly string[]): Promise<void> {
  const { events, tx, caller, project, check, judgement } = facts;
  const now = judgement.watch.map((one) => one.name);
  const known = new Set(before);
  if (now.length === 0 || (now.length === known.size && now.every((name) => known.has(name)))) return;
  await events.emit(tx, caller, {
    project_id: project.id,
    type: 'monitor.drift-found',
    subject: `monitor ${check.monitor.name}`,
    note: `Monitor ${check.monitor.name}: ${now.join(', ')} differ from the training data.`,
    before: { drifted: before },
    after: { ...about(facts), drifted: judgement.watch },
  });
}

async function applyChange(facts: Facts, change: Change, open: readonly Incident[], causes: readonly IncidentCause[]): Promise<void> {
  if (change.kind === 'open') return openIncident(facts, change.severity, causes);
  const incident = open.find((one) => one.id === change.id);
  if (!incident) throw new Error(`incident ${change.id} is not open`);
  const { tx, project, check, judgement, clock, caller } = facts;
  if (change.kind === 'continue') {
    const { breaches, watch } = judgement;
    const windows = incident.windows + 1;
    await store.updateIncident(tx, project.id, { ...incident, breaches, watch, causes, windows, last_to_ms: check.window.to_ms });
    return;
  }
  const reason = incident.severity === 'incident' ? 'a window in which every limit holds again' : 'a window without drift';
  const resolved = { by: caller.name, person: null, reason, at_ms: clock.now() };
  await store.updateIncident(tx, project.id, { ...incident, state: 'resolved', resolved });
  await emitIncident(facts, { ...incident, state: 'resolved', resolved }, 'resolved');
}

async function openIncident(facts: Facts, severity: Incident['severity'], causes: readonly IncidentCause[]): Promise<void> {
  const { tx, project, check, judgement, clock } = facts;
  const { breaches, watch } = judgement;
  const shown = severity === 'incident' ? breaches : watch;
  const incident = {
    id: newId('inc'),
    monitor: check.monitor.name,
    deployment: check.monitor.definition.deployment,
    severity,
    state: 'open' as const,
    version: check.version.number,
    since_ms: Math.min(...shown.map((one) => one.since_ms)),
    last_to_ms: check.window.to_ms,
    windows: 1,
    breaches: severity === 'incident' ? breaches : [],
    watch,
    causes,
    acknowledged: null,
    resolved: null,
    created_at_ms: clock.now(),
  };
  const opened_event = await emitIncident(facts, incident, 'opened');
  await store.insertIncident(tx, project.id, { ...incident, opened_event });
}

/** Investigation entries have events of their own, so that nothing that listens to incidents hears of drift alone. */
export function eventTypeOf(severity: Incident['severity'], what: 'opened' | 'resolved' | 'acknowledged'): string {
  return `${severity === 'incident' ? 'incident' : 'investigation'}.${what}`;
}

function emitIncident(facts: Facts, incident: Omit<Incident, 'opened_event'>, what: 'opened' | 'resolved'): Promise<number> {
  const { events, tx, caller, project, check } = facts;
  const { id, severity, breaches, watch, causes, since_ms, deployment } = incident;
  const shown = severity === 'incident' ? breaches.map(breachText).join(', ') : `${watch.map((one) => one.name).join(', ')} drifted`;
  const first = causes[0] ? ` Most likely: ${causes[0].text}` : '';
  return events.emit(tx, caller, {
    project_id: project.id,
    type: eventTypeOf(severity, what),
    subject: `incident ${id}`,
    note: what === 'opened' ? `${deployment}: ${shown}.${first}` : `${deployment}: it is over; before, ${shown}.`,
    after: { ...about(facts), incident: id, severity, since_ms, metrics: breaches, causes, notify: check.monitor.definition.notify },
  });
}
