import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import type { Delivery } from './notification.ts';

type DeliveriesTable = Delivery & { project_id: string };

declare module '../../platform/database/handle.ts' {
  interface Tables {
    notification_deliveries: DeliveriesTable;
  }
}

export async function insertDelivery(tx: Handle, project_id: string, delivery: Delivery): Promise<void> {
  await tx
    .insertInto('notification_deliveries')
    .values({ ...delivery, project_id })
    .execute();
}

export async function isDispatched(handle: Handle, project_id: string, receiver: string, event: number): Promise<boolean> {
  const row = await handle
    .selectFrom('notification_deliveries')
    .select('id')
    .where('project_id', '=', project_id)
    .where('receiver', '=', receiver)
    .where('event', '=', event)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findDelivery(handle: Handle, id: string): Promise<DeliveriesTable | null> {
  return (await handle.selectFrom('notification_deliveries').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function updateDelivery(tx: Handle, id: string, change: Partial<Delivery>): Promise<void> {
  await tx.updateTable('notification_deliveries').set(change).where('id', '=', id).execute();
}

export interface DeliveryPage {
  readonly receiver?: string;
  readonly state?: Delivery['state'];
  readonly after?: { readonly number: number; readonly id: string };
  readonly limit: number;
}

/** Newest event first, paged by key. */
export async function listDeliveries(handle: Handle, project_id: string, page: DeliveryPage): Promise<Delivery[]> {
  let query = handle.selectFrom('notification_deliveries').selectAll().where('project_id', '=', project_id);
  if (page.receiver !== undefined) query = query.where('receiver', '=', page.receiver);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  if (page.after) query = query.where(sql<boolean>`(event, id) < (${page.after.number}, ${page.after.id})`);
  const rows = await query.orderBy('event', 'desc').orderBy('id', 'desc').limit(page.limit).execute();
  return rows.map(({ project_id: _, ...delivery }) => delivery);
}
