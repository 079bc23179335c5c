import { createHttp, createMetrics, type Http } from '../platform/http/index.ts';
import { isMlflowPath } from '../protocols/mlflow/index.ts';
import type { App } from './build-app.ts';
import { addGauges } from './gauges.ts';
import { type RoutesOptions, routesOf } from './routes.ts';
import { createWebPages } from './web-pages.ts';

export { buildApp } from './build-app.ts';

/** What a start loads while the database opens. */
export function createHttpOf(app: App, options: Omit<RoutesOptions, 'metrics'>): Http {
  const metrics = createMetrics();
  addGauges(metrics.registry, app);
  const { database, log, clock, spans } = app;
  return createHttp({
    routes: routesOf(app, { ...options, metrics }),
    authenticate: (shown) => app.access.authenticate(shown),
    resolveProject: (name) => app.access.projects.resolve(name),
    database,
    metrics,
    log,
    clock,
    spans,
    hosts: [],
    origins: [],
    page: createWebPages(),
    isForeign: isMlflowPath,
  });
}
