import { z } from 'zod';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { JobContext, JobDefinition } from '../../platform/jobs/index.ts';
import { type NotificationsDeps, receiverDefinitions } from './context.ts';
import { type Delivery, messageOf, receiversOf } from './notification.ts';
import * as store from './notifications-store.ts';
import { postJson } from './send.ts';

export const dispatchJob = 'notifications.dispatch';
export const deliverJob = 'notifications.deliver';
const attempts = 5;

const dispatchPayload = z.object({ event: z.number().int().positive() });
const deliverPayload = z.object({ delivery: z.string() });
type DispatchPayload = z.output<typeof dispatchPayload>;
type DeliverPayload = z.output<typeof deliverPayload>;

/** `dispatch` makes a delivery of an event for each of its receivers; `deliver` sends one, with the queue's backoff. */
export function notificationJobs(deps: NotificationsDeps): readonly [JobDefinition<DispatchPayload>, JobDefinition<DeliverPayload>] {
  return [
    {
      name: dispatchJob,
      payload: dispatchPayload,
      attempts,
      timeout_ms: 10_000,
      handle: ({ event }, context) => dispatch(deps, event, context),
    },
    {
      name: deliverJob,
      payload: deliverPayload,
      attempts,
      timeout_ms: 30_000,
      // One after the other: receivers that hang must not take every place of the queue.
      lane: () => 'notifications',
      handle: ({ delivery }, context) => deliver(deps, delivery, context),
      gaveUp: ({ delivery }, error, context) => giveUp(deps, delivery, error, context),
    },
  ];
}

async function dispatch(deps: NotificationsDeps, number: number, { caller }: JobContext): Promise<void> {
  const event = await deps.events.get(number);
  if (!event || event.project_id === null) return;
  const { project_id } = event;
  await deps.database.write(async (tx) => {
    for (const receiver of receiversOf(event)) {
      if (await store.isDispatched(tx, project_id, receiver, number)) continue;
      const id = newId('dlv');
      const delivery: Delivery = {
        id,
        receiver,
        event: number,
        event_type: event.type,
        state: 'waiting',
        attempts: 0,
        last_status: null,
        last_error: null,
        created_at_ms: deps.clock.now(),
        ended_at_ms: null,
      };
      await store.insertDelivery(tx, project_id, delivery);
      await deps.jobs.enqueue(tx, { name: deliverJob, project_id, payload: { delivery: id }, cause: number, person: caller.person });
    }
  });
}

async function deliver(deps: NotificationsDeps, id: string, context: JobContext): Promise<void> {
  const delivery = await store.findDelivery(deps.database.read, id);
  if (delivery?.state !== 'waiting') return;
  const event = await deps.events.get(delivery.event);
  const project = await deps.projectById(delivery.project_id);
  const receiver = await receiverDefinitions(deps).find(project, delivery.receiver);
  const done = delivery.attempts + 1;
  if (!event || !receiver || receiver.retired) {
    await end(deps, id, { state: 'failed', last_error: `There is no receiver ${delivery.receiver}.` }, context);
    return;
  }
  try {
    const message = messageOf(event, project.name, deps.address());
    const last_status = await postJson(receiver.definition.webhook, message, id, context.signal);
    await end(deps, id, { state: 'delivered', attempts: done, last_status, last_error: null }, context);
  } catch (error) {
    const last_error = error instanceof SlipwayError ? error.message : 'The delivery failed inside the server.';
    const status = error instanceof SlipwayError ? error.details['status'] : undefined;
    const change = { attempts: done, last_error, ...(typeof status === 'number' && { last_status: status }) };
    await deps.database.write((tx) => store.updateDelivery(tx, id, change));
    throw error;
  }
}

async function giveUp(deps: NotificationsDeps, id: string, error: string, context: Omit<JobContext, 'signal'>): Promise<void> {
  await end(deps, id, { state: 'failed', last_error: error }, context);
}

/** Told as an event, so that a receiver that is never reached shows in the audit trail. */
async function end(deps: NotificationsDeps, id: string, change: Partial<Delivery>, { caller }: Omit<JobContext, 'signal'>): Promise<void> {
  await deps.database.write(async (tx) => {
    const before = await store.findDelivery(tx, id);
    if (!before) throw failure('not_found', { what: 'delivery', name: id });
    if (before.state !== 'waiting') return;
    const after = { ...before, ...change };
    await store.updateDelivery(tx, id, { ...change, ended_at_ms: deps.clock.now() });
    await deps.events.emit(tx, caller, {
      project_id: before.project_id,
      type: after.state === 'delivered' ? 'notification.delivered' : 'notification.failed',
      subject: `delivery ${id}`,
      note:
        after.state === 'delivered'
          ? `Receiver ${before.receiver} was told of ${before.event_type}.`
          : `Receiver ${before.receiver} could not be told of ${before.event_type}: ${after.last_error ?? ''}`,
      after: { receiver: before.receiver, event: before.event, attempts: after.attempts },
    });
  });
}
