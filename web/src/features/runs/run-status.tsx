import { Status, type StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { RunStatus } from './runs-api.ts';

const kinds: Readonly<Record<RunStatus, StatusKind>> = {
  scheduled: 'neutral',
  running: 'running',
  finished: 'good',
  failed: 'bad',
  killed: 'warn',
};

export function RunState({ status }: { readonly status: RunStatus }) {
  return <Status kind={kinds[status]}>{words.runs.status[status]}</Status>;
}
