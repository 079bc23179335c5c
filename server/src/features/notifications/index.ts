import { assertMay, type Caller, may } from '../../kernel/caller.ts';
import { pageOf, placeAt } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Definition, DefinitionChange, ManagedBy } from '../../platform/definitions/index.ts';
import type { AnyJob } from '../../platform/jobs/index.ts';
import { assertReceiver, placeOf, targetOf } from './address.ts';
import { type NotificationsDeps, receiverDefinitions } from './context.ts';
import { type Delivery, type ReceiverDefinition, shownReceiver } from './notification.ts';
import { notificationJobs } from './notifications-jobs.ts';
import * as store from './notifications-store.ts';

export type { NotificationsDeps } from './context.ts';
export type { Delivery, ReceiverDefinition } from './notification.ts';
export { dispatchJob } from './notifications-jobs.ts';

export interface DeliverySearch {
  readonly receiver?: string;
  readonly state?: Delivery['state'];
  readonly cursor?: string;
  readonly limit: number;
}

/** Receivers outside that are told of incidents, and what became of each message. */
export interface Notifications {
  /** Opens a way out of this machine, so it needs the right `admin`; an address inside its network needs `execute` too. */
  define(caller: Caller, project: Project, name: string, definition: ReceiverDefinition, managed_by: ManagedBy): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  /** The whole address is for those who may set it; others see where it goes. */
  list(caller: Caller, project: Project): Promise<Definition<ReceiverDefinition>[]>;
  deliveries(caller: Caller, project: Project, search: DeliverySearch): Promise<{ items: readonly Delivery[]; next: string | null }>;
  /** To be declared to the queue. A reaction enqueues `notifications.dispatch` with the number of the event. */
  readonly jobs: readonly AnyJob[];
}

export function createNotifications(deps: NotificationsDeps): Notifications {
  const { database } = deps;
  const definitions = receiverDefinitions(deps);
  return {
    async define(caller, project, name, definition, managed_by) {
      assertMay(caller, project, 'admin');
      const { host } = targetOf(definition.webhook);
      assertReceiver(host);
      return database.write(async (tx) => {
        const before = await definitions.find(project, name, tx);
        // Whoever may run commands on this machine reaches its network anyhow; for all others the server is no way into it.
        if (placeOf(host) === 'inside' && before?.definition.webhook !== definition.webhook) assertMay(caller, project, 'execute');
        return definitions.putIn(tx, caller, project, name, definition, managed_by);
      });
    },
    async retire(caller, project, name) {
      assertMay(caller, project, 'admin');
      await database.write((tx) => definitions.retireIn(tx, caller, project, name));
    },
    async list(caller, project) {
      assertMay(caller, project, 'read');
      const receivers = await definitions.list(project);
      if (may(caller, project, 'admin')) return receivers;
      return receivers.map((one) => ({ ...one, definition: shownReceiver(one.definition) }));
    },
    async deliveries(caller, project, { cursor, ...search }) {
      assertMay(caller, project, 'read');
      const after = cursor === undefined ? {} : { after: placeAt(cursor) };
      const items = await store.listDeliveries(database.read, project.id, { ...search, ...after });
      return pageOf(items, search.limit, (last) => `${last.event}-${last.id}`);
    },
    jobs: notificationJobs(deps),
  };
}
