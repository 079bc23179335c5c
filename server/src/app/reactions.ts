import type { SlipwayEvent } from '../platform/events/index.ts';

/**
 * Everything that happens by itself because something else happened, on one page. A reaction puts a job on the queue in the same
 * write as its event, under a key of that event: twice is once, and a restart loses none. What the jobs do is in `reaction-jobs.ts`.
 */
export interface Reaction {
  readonly on: string;
  /** Only to events of which this is true; default: to all. A job that has nothing to do costs two writes. */
  readonly when?: (event: SlipwayEvent) => boolean;
  readonly job: string;
  readonly payload: (event: SlipwayEvent) => Readonly<Record<string, unknown>>;
}

const fields =
  (...names: string[]) =>
  ({ after }: SlipwayEvent): Record<string, unknown> => {
    const facts = (after ?? {}) as Readonly<Record<string, unknown>>;
    return Object.fromEntries(names.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));
  };

function isServed({ after }: SlipwayEvent): boolean {
  return (after as { readonly flavor?: unknown } | null)?.flavor === 'onnx';
}

export const reactions: readonly Reaction[] = [
  // Time moves on in a project whose data drives the clock: look at everything that may have become due.
  { on: 'project.clock-advanced', job: 'schedules.tick', payload: () => ({}) },
  // A new version is judged by every gate of its model, if anything here can run it.
  { on: 'model-version.registered', when: isServed, job: 'gates.judge', payload: fields('model', 'version') },
  // Good figures, but the gate wants people: ask them. Figures that do not hold any more: take back what they were asked.
  { on: 'gate.needs-approval', job: 'approvals.ask', payload: fields('version_id', 'gate') },
  { on: 'gate.failed', job: 'approvals.ask', payload: fields('version_id', 'gate') },
  // Nothing stands against the release any more: let the traffic move.
  { on: 'gate.passed', job: 'deployments.release', payload: fields('model', 'version') },
  { on: 'approval.granted', job: 'deployments.release', payload: fields('model', 'version') },
  // The quality fell below its limit: let the retraining policies decide.
  { on: 'monitor.breached', job: 'automations.consider', payload: fields('deployment', 'metrics') },
  // Tell those who asked to be told.
  { on: 'incident.opened', job: 'notifications.dispatch', payload: (event) => ({ event: event.number }) },
  { on: 'incident.resolved', job: 'notifications.dispatch', payload: (event) => ({ event: event.number }) },
];

/** Causes may not run in circles: a chain this long ends, and says so in the log. A year of the demo has chains of six. */
export const chainLimit = 30;
