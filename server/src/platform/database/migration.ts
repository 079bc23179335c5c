import type { Handle } from './handle.ts';
import type { DatabaseProfile } from './profiles.ts';

/** One step of the schema. Names are `NNNN-noun`; a released one never changes. */
export interface Migration {
  readonly name: string;
  readonly up: (tx: Handle, profile: DatabaseProfile) => Promise<void>;
}
