import { type MlflowRoute, mlflowRoutes, mlflowVersion } from '@slipway/contracts';
import { generatedNote, templatePath } from './api.ts';
import { differences } from './mlflow-differences.ts';

/** Groups of routes of MLflow's own server that we do not serve, with why. Their clients get a bare 404 and fall back or say so. */
const notServed: readonly (readonly [routes: string, why: string])[] = [
  ['`mlflow-artifacts/presigned/*`, `artifacts/presigned-*-url`', 'files go through the server, which keeps them itself'],
  [
    '`traces` of V2 (start, end, search), `traces/calculate-filter-correlation`, `traces/metrics`',
    'clients from 3.0 on use V3; dashboards come later',
  ],
  [
    '`datasets/*` (evaluation datasets), `scorers/*`, `issues/*`, `label-schemas/*`, `review-queues/*`',
    'evaluation of language models comes later',
  ],
  ['`webhooks/*`', 'use `notify` of the project file'],
  ['`gateway/*`, `prompt-optimization/*`, `mcp-servers/*`, `jobs/*`, `assistant/*`, `demo/*`', 'not part of this product'],
  ['`users/*`, `roles/*`, `workspaces/*`', 'people, roles and projects are managed here (`slipway user`, `slipway token`)'],
  ['`runs/create-promptlab-run`, `upload-artifact`, `get-trace-artifact`', 'only the web app of MLflow asks for them; ours is at `/`'],
];

function addresses({ version, under, path }: MlflowRoute): string {
  return templatePath(version === undefined ? path : `/api/${version}.0/${under ?? 'mlflow'}/${path}`);
}

/** `docs/reference/mlflow.md`: every route of the protocol, what it leads to, and what is not served. */
export function mlflowPage(): string {
  const routes: readonly MlflowRoute[] = Object.values(mlflowRoutes);
  const rows = routes.map((route) => `| \`${route.method} ${addresses(route)}\` | ${route.permission} | ${route.door} |`);
  return `${[
    `<!-- ${generatedNote} -->`,
    '# The MLflow protocol',
    '',
    `The official clients work unchanged with \`MLFLOW_TRACKING_URI\` and \`MLFLOW_TRACKING_TOKEN\` (a token of ours), or with an email address and its`,
    `password as \`MLFLOW_TRACKING_USERNAME\` and \`MLFLOW_TRACKING_PASSWORD\`. \`/version\` answers ${mlflowVersion}, the release whose behaviour is followed.`,
    'Each route below `/api` is served below `/ajax-api` too. The project is that of the header `X-MLFLOW-WORKSPACE`, else of the token, else `default`;',
    'READ of old scripts is our role viewer, USE and EDIT contributor, MANAGE admin. Why things map as they do: [0019](../decisions/0019-mlflow.md).',
    '',
    '## Served',
    '',
    '| method and path | permission | behind it |',
    '|---|---|---|',
    ...rows,
    '',
    '## Not served',
    '',
    'An unknown route answers a bare 404 without an error body of MLflow, by which its clients know that they must fall back.',
    '',
    '| routes | why |',
    '|---|---|',
    ...notServed.map(([names, why]) => `| ${names} | ${why} |`),
    '',
    '## What differs on purpose',
    '',
    'The same thousand requests are sent to both servers in CI (`tests/mlflow/differential.test.ts`); these are all that differ.',
    '',
    ...differences.map(({ text }) => `- ${text}`),
  ].join('\n')}\n`;
}
