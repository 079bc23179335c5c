import type { Clock } from '../../kernel/clock.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';

export interface RunsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly blobs: Blobs;
  readonly clock: Clock;
}
