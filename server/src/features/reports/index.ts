import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { ReportsDeps } from './context.ts';
import { type PerformanceQuery, type PerformanceReport, performance } from './performance.ts';
import { type Summary, summary, type Turns, turns } from './summaries.ts';

export type { ReportsDeps } from './context.ts';
export type { MeasuredPeriod, PerformanceEntry, PerformanceQuery, PerformanceReport } from './performance.ts';
export type { Summary, Turns } from './summaries.ts';
export type { Refusal, SummaryFigures } from './summary.ts';

/** Figures over long spans, from rows that were served and events that were written. Nothing is kept. */
export interface Reports {
  /** Quality by month, of what was answered and of any version on the same rows. */
  performance(caller: Caller, project: Project, query: PerformanceQuery): Promise<PerformanceReport>;
  summary(caller: Caller, project: Project, deployment: string | null): Promise<Summary>;
  turns(caller: Caller, project: Project): Promise<Turns>;
}

const waitingLimit = 4;

export function createReports(deps: ReportsDeps): Reports {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    /** One after the other: two that rescore with the same version must not unload it for each other. */
    performance(caller, project, query) {
      if (waiting >= waitingLimit) throw failure('busy', { what: 'The report', reason: `${waitingLimit} are being made already` });
      waiting += 1;
      const report = last.then(() => performance(deps, caller, project, query));
      last = report
        .catch(() => undefined)
        .finally(() => {
          waiting -= 1;
        });
      return report;
    },
    summary: (caller, project, deployment) => summary(deps, caller, project, deployment),
    turns: (caller, project) => turns(deps, caller, project),
  };
}
