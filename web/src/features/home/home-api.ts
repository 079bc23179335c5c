import type { Client } from '@slipway/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Dataset = Items<Awaited<ReturnType<Client['datasets']['list']>>>;
export type DatasetVersion = Items<Awaited<ReturnType<Client['datasets']['versions']>>>;
export type Execution = Items<Awaited<ReturnType<Client['pipelines']['executions']>>>;
export type Verdict = Items<Awaited<ReturnType<Client['gates']['verdicts']>>>;
export type Deployment = Items<Awaited<ReturnType<Client['deployments']['list']>>>;
export type Served = Awaited<ReturnType<Client['deployments']['served']>>;
export type Monitor = Items<Awaited<ReturnType<Client['monitors']['list']>>>;
export type CheckResult = Items<Awaited<ReturnType<Client['monitors']['results']>>>;
export type Incident = Items<Awaited<ReturnType<Client['monitors']['incidents']>>>;
export type Approval = Items<Awaited<ReturnType<Client['approvals']['list']>>>;
export type Decision = Items<Awaited<ReturnType<Client['automations']['decisions']>>>;
export type Policy = Items<Awaited<ReturnType<Client['automations']['list']>>>;

const inProject = (project: string) => ({ params: { project } });

/** Windows that a small picture can show. */
const shownWindows = 40;

/** Each part of the home page asks for itself, so that one that fails leaves the others. */
export const homeQueries = {
  datasets: (project: string) =>
    queryOptions({
      queryKey: ['datasets', project, 'list'],
      queryFn: async ({ signal }) => (await client.datasets.list({ ...inProject(project), signal })).items,
    }),
  datasetVersions: (project: string, dataset: string) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, 'newest'],
      queryFn: async ({ signal }) => (await client.datasets.versions({ params: { project, dataset }, query: { limit: 14 }, signal })).items,
    }),
  executions: (project: string) =>
    queryOptions({
      queryKey: ['pipelines', project, 'executions'],
      queryFn: async ({ signal }) => (await client.pipelines.executions({ ...inProject(project), signal })).items,
    }),
  verdicts: (project: string) =>
    queryOptions({
      queryKey: ['gates', project, 'verdicts'],
      queryFn: async ({ signal }) => (await client.gates.verdicts({ ...inProject(project), signal })).items,
    }),
  deployments: (project: string) =>
    queryOptions({
      queryKey: ['deployments', project, 'list'],
      queryFn: async ({ signal }) => (await client.deployments.list({ ...inProject(project), signal })).items,
    }),
  served: (project: string, deployment: string, from_ms: number) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'served', from_ms],
      queryFn: ({ signal }) => client.deployments.served({ params: { project, deployment }, query: { from_ms }, signal }),
    }),
  monitors: (project: string) =>
    queryOptions({
      queryKey: ['monitors', project, 'list'],
      queryFn: async ({ signal }) => (await client.monitors.list({ ...inProject(project), signal })).items,
    }),
  results: (project: string, monitor: string) =>
    queryOptions({
      queryKey: ['monitors', project, monitor, 'newest'],
      queryFn: async ({ signal }) =>
        (await client.monitors.results({ params: { project, monitor }, query: { limit: shownWindows }, signal })).items,
    }),
  incidents: (project: string) =>
    queryOptions({
      queryKey: ['monitors', project, 'incidents', 'open'],
      queryFn: async ({ signal }) =>
        (await client.monitors.incidents({ ...inProject(project), query: { state: 'open', limit: 50 }, signal })).items,
    }),
  approvals: (project: string) =>
    queryOptions({
      queryKey: ['approvals', project, 'requested'],
      queryFn: async ({ signal }) => (await client.approvals.list({ ...inProject(project), query: { state: 'requested' }, signal })).items,
    }),
  policies: (project: string) =>
    queryOptions({
      queryKey: ['automations', project, 'list'],
      queryFn: async ({ signal }) => (await client.automations.list({ ...inProject(project), signal })).items,
    }),
  decisions: (project: string) =>
    queryOptions({
      queryKey: ['automations', project, 'decisions'],
      queryFn: async ({ signal }) => (await client.automations.decisions({ ...inProject(project), signal })).items,
    }),
  summary: (project: string) =>
    queryOptions({
      queryKey: ['reports', project, 'summary'],
      queryFn: ({ signal }) => client.reports.summary({ ...inProject(project), signal }),
    }),
};
