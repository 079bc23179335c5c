import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { MeasuredPeriod, Reports } from './index.ts';

export function reportsRoutes({ reports }: { readonly reports: Reports }): Route[] {
  return [
    implement(api.reports.performance, async ({ caller, project, query }) => {
      const { versions, ...rest } = query;
      const asked = versions.split(',').map((version) => (version === 'served' ? 'served' : Number(version)));
      const report = await reports.performance(caller, project, defined({ ...rest, versions: asked }));
      return { ...report, periods: report.periods.map(wirePeriod), total: wirePeriod(report.total) };
    }),
    implement(api.reports.summary, async ({ caller, project, query }) => {
      const { figures, sentences, deployment } = await reports.summary(caller, project, query.deployment ?? null);
      return {
        deployment,
        sentences: [...sentences],
        figures: { ...figures, gates: { ...figures.gates, refused: [...figures.gates.refused] } },
      };
    }),
    implement(api.reports.turns, ({ caller, project }) => reports.turns(caller, project)),
  ];
}

function wirePeriod(period: MeasuredPeriod) {
  return { ...period, entries: period.entries.map((entry) => ({ ...entry, metrics: { ...entry.metrics } })) };
}
