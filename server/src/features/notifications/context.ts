import type { Clock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Definitions, DefinitionsOf } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { type ReceiverDefinition, shownReceiver } from './notification.ts';

export interface NotificationsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly clock: Clock;
  readonly projectById: (id: string) => Promise<Project>;
  /** The server's own address, as people reach it: `http://127.0.0.1:4700`. */
  readonly address: () => string;
}

export function receiverDefinitions({ definitions }: Pick<NotificationsDeps, 'definitions'>): DefinitionsOf<ReceiverDefinition> {
  return definitions.of<ReceiverDefinition>('receiver', { told: shownReceiver });
}
