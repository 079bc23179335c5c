import type { SlipwayEvent } from '../../platform/events/index.ts';

/** Who is told: an address that takes a POST of JSON. */
export interface ReceiverDefinition {
  readonly webhook: string;
}

/** As everybody may see it: the path of a webhook is often its secret, so only where it goes is shown. */
export function shownReceiver({ webhook }: ReceiverDefinition): ReceiverDefinition {
  return { webhook: `${new URL(webhook).origin}/…` };
}

/** One event on its way to one receiver. */
export interface Delivery {
  readonly id: string;
  readonly receiver: string;
  /** Number of the event. */
  readonly event: number;
  readonly event_type: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  /** HTTP status of the last attempt that got one. */
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at_ms: number;
  readonly ended_at_ms: number | null;
}

const receiversLimit = 20;

/**
 * The receivers that an event is for, as its monitor named them when it happened. Investigation entries (severity
 * `watch`) are for nobody.
 */
export function receiversOf({ after }: SlipwayEvent): string[] {
  if (typeof after !== 'object' || after === null || !('notify' in after) || !Array.isArray(after.notify)) return [];
  if ('severity' in after && after.severity === 'watch') return [];
  const names = after.notify.filter((name): name is string => typeof name === 'string');
  return [...new Set(names)].slice(0, receiversLimit);
}

/** What a receiver gets. `link` leads to the incident in our API. */
export function messageOf(event: SlipwayEvent, project: string, server: string): string {
  const incident = /^incident (\w+)$/.exec(event.subject)?.[1];
  const path = incident === undefined ? `events?subject=${encodeURIComponent(event.subject)}` : `incidents/${incident}`;
  return JSON.stringify({
    event: { number: event.number, type: event.type, subject: event.subject },
    project,
    text: event.note ?? event.type,
    link: `${server.replace(/\/$/, '')}/api/v1/projects/${encodeURIComponent(project)}/${path}`,
    at_ms: event.at_ms,
  });
}
