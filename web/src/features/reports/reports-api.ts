import type { Client } from '@slipway/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

export type Performance = Awaited<ReturnType<Client['reports']['performance']>>;
export type Summary = Awaited<ReturnType<Client['reports']['summary']>>;

/** Of a deployment, in the time of the project; an end that is null is that of the record. */
export interface Period {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
}

export const performanceQuery = (project: string, deployment: string, { from_ms, to_ms }: Period) =>
  queryOptions({
    queryKey: ['performance', project, deployment, from_ms, to_ms],
    queryFn: ({ signal }) =>
      client.reports.performance({
        params: { project },
        query: {
          deployment,
          by: 'month',
          versions: 'served,1',
          ...(from_ms === null ? {} : { from_ms }),
          ...(to_ms === null ? {} : { to_ms }),
        },
        signal,
        // A year of rows is scored again: it may take a while on a busy machine.
        timeout_ms: 300_000,
      }),
    // It reads every row of the period, and months that are past do not change.
    staleTime: 300_000,
  });

export const turnsQuery = (project: string) =>
  queryOptions({
    queryKey: ['reports', project, 'turns'],
    queryFn: ({ signal }) => client.reports.turns({ params: { project }, signal }),
  });

/** What became of a deployment, or of the whole project. */
export const summaryQuery = (project: string, deployment?: string) =>
  queryOptions({
    queryKey: ['reports', project, 'summary', deployment ?? null],
    queryFn: ({ signal }) => client.reports.summary({ params: { project }, query: deployment === undefined ? {} : { deployment }, signal }),
  });
