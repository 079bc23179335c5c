import { Gauge, type Registry } from 'prom-client';
import type { App } from './build-app.ts';
import { freeSpace } from './operations/disk.ts';

/** What whoever looks after the installation is woken up for, read when it is asked for. No label comes from a user. */
export function addGauges(
  registry: Registry,
  { data, database, events, clock }: Pick<App, 'data' | 'database' | 'events' | 'clock'>,
): void {
  gauge(registry, 'slipway_disk_free_bytes', 'Free on the disk of the data folder.', async () => (await freeSpace(data)).free_bytes);
  gauge(registry, 'slipway_read_only', '1 after a failed write or sync: nothing is written until a restart.', async () =>
    Number(database.failed !== null),
  );
  gauge(registry, 'slipway_backup_age_seconds', 'Since the newest backup that was read back; NaN without one.', async () => {
    const [newest] = await events.list({ type: 'backup.completed', order: 'newest', limit: 1 });
    return newest ? (clock.now() - newest.at_ms) / 1000 : Number.NaN;
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}
