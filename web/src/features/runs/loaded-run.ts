import type { ListedVersion } from '../models/models-api.ts';
import type { Artifact, RunDetail } from './runs-api.ts';

/** A run with what belongs to it, for the parts of its page. */
export interface LoadedRunProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly artifacts: readonly Artifact[];
  readonly version: ListedVersion | null;
}
