import type { Version } from './datasets-api.ts';

export interface TabProps {
  readonly project: string;
  readonly version: Version;
}
