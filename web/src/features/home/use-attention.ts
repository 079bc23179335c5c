import { useQuery } from '@tanstack/react-query';
import type { Asked } from '../../design/state.tsx';
import { together } from '../../design/together.ts';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { gatesQueries } from '../gates/gates-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { type Attention, attentionOf } from './attention.ts';

/** What a person should look at; known when all that could need one has answered. */
export function useAttention(project: string): Asked<Attention[]> {
  return together(
    [
      useQuery(approvalsQuery(project, 'requested')),
      useQuery(monitorQueries.open(project, 'incident')),
      useQuery(monitorQueries.open(project, 'watch')),
      useQuery(pipelinesQueries.executions(project)),
      useQuery(gatesQueries.verdicts(project)),
    ],
    ([approvals, incidents, watches, executions, verdicts]) =>
      attentionOf({ approvals, incidents: [...incidents, ...watches], executions, verdicts }),
  );
}
