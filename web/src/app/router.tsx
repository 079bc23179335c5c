import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { projectQuery, projectsQuery } from '../features/access/access-api.ts';
import { prefetchHome } from '../features/home/prefetch.ts';
import { prefetchExperiment } from '../features/runs/prefetch.ts';
import { FirstPage } from './first-page.tsx';
import { NotFound, PageProblem } from './problem-pages.tsx';
import { Shell } from './shell.tsx';

interface Context {
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageProblem });

/** Also where the links of the MLflow client lead: `/#/experiments/1/runs/…`. */
const projects = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: ({ context }) => context.queries.ensureQueryData(projectsQuery),
  component: FirstPage,
  errorComponent: PageProblem,
});

const design = createRoute({
  getParentRoute: () => root,
  path: '/design',
  component: lazyRouteComponent(() => import('../design/all/design-page.tsx'), 'DesignPage'),
});

const project = createRoute({
  getParentRoute: () => root,
  path: '/p/$project',
  loader: ({ context, params }) => context.queries.ensureQueryData(projectQuery(params.project)),
  component: Shell,
  errorComponent: PageProblem,
});

/** All pages of a project; each is a part of its own that is fetched when it is first opened. */
const pages = [
  createRoute({
    getParentRoute: () => project,
    path: '/',
    loader: ({ context, params }) => prefetchHome(context.queries, params.project),
    component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/datasets',
    component: lazyRouteComponent(() => import('../features/datasets/datasets-page.tsx'), 'DatasetsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/datasets/$dataset',
    component: lazyRouteComponent(() => import('../features/datasets/dataset-page.tsx'), 'DatasetPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/experiments',
    component: lazyRouteComponent(() => import('../features/runs/experiments-page.tsx'), 'ExperimentsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/experiments/$experiment',
    // The page asks the same and shows what went wrong.
    loader: ({ context, params, location }) => {
      if (Object.keys(location.search).length === 0)
        prefetchExperiment(context.queries, params.project, params.experiment).catch(() => undefined);
    },
    component: lazyRouteComponent(() => import('../features/runs/experiment-page.tsx'), 'ExperimentPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/runs/$run',
    component: lazyRouteComponent(() => import('../features/runs/run-page.tsx'), 'RunPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/compare',
    component: lazyRouteComponent(() => import('../features/runs/compare-page.tsx'), 'ComparePage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/pipelines',
    component: lazyRouteComponent(() => import('../features/pipelines/pipelines-page.tsx'), 'PipelinesPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/pipelines/$pipeline',
    component: lazyRouteComponent(() => import('../features/pipelines/pipeline-page.tsx'), 'PipelinePage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/executions/$execution',
    component: lazyRouteComponent(() => import('../features/pipelines/execution-page.tsx'), 'ExecutionPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/models',
    component: lazyRouteComponent(() => import('../features/models/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/models/$model',
    component: lazyRouteComponent(() => import('../features/models/model-page.tsx'), 'ModelPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/models/$model/versions/$version',
    component: lazyRouteComponent(() => import('../features/models/version-page.tsx'), 'VersionPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/deployments',
    component: lazyRouteComponent(() => import('../features/deployments/deployments-page.tsx'), 'DeploymentsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/deployments/$deployment',
    component: lazyRouteComponent(() => import('../features/deployments/deployment-page.tsx'), 'DeploymentPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/monitors',
    component: lazyRouteComponent(() => import('../features/monitors/monitors-page.tsx'), 'MonitorsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/monitors/$monitor',
    component: lazyRouteComponent(() => import('../features/monitors/monitor-page.tsx'), 'MonitorPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/incidents/$incident',
    component: lazyRouteComponent(() => import('../features/monitors/incident-page.tsx'), 'IncidentPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/questions',
    component: lazyRouteComponent(() => import('../features/approvals/questions-page.tsx'), 'QuestionsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/questions/approvals/$approval',
    component: lazyRouteComponent(() => import('../features/approvals/approval-page.tsx'), 'ApprovalPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/reports',
    component: lazyRouteComponent(() => import('../features/reports/reports-page.tsx'), 'ReportsPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/audit',
    component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => project,
    path: '/settings',
    component: lazyRouteComponent(() => import('../features/access/settings-page.tsx'), 'SettingsPage'),
  }),
] as const;

export function createPages(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([projects, design, project.addChildren(pages)]),
    context: { queries },
    defaultPreload: 'intent',
    // Answers are kept by the query client, which the live stream keeps fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: PageProblem,
    defaultNotFoundComponent: NotFound,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
