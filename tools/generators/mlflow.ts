import { type MlflowRoute, mlflowRoutes, mlflowVersion } from '@slipway/contracts';
import { generatedNote, templatePath } from './api.ts';

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

/** What differs from `mlflow server` on purpose. */
const differences: readonly string[] = [
  '`runs/log-batch` is atomic: all of it is kept or none.',
  'The name of a run is kept once; the tag `mlflow.runName` is made from it, cannot be deleted, and changing either changes both.',
  '`runs/create` without `start_time` begins now, not in 1970. A run without a name is called `run-` and six digits.',
  'Enum words that nobody knows (`status`, `run_view_type`) and integers that are none (1.5, 2^63) are refused with 400 instead of dropped.',
  'A clash of experiment names is told without the text of the SQL statement. Renaming onto a taken name is refused.',
  'A filter or an order that is not understood is told with the place of the mistake; a filter takes at most 100 clauses, an order 20 fields.',
  'Page tokens of `runs/search`, `logged-models/search` and `traces/search` belong to their query and are refused in another one.',
  'A metric that is NaN matches no comparison (there it compares as 0).',
  '`get-download-uri` of a version whose files lie here names the frozen files of the version, not the place they came from.',
  'A deleted registered model keeps the numbers of its versions used: a new one of the name counts on. A name whose earlier versions are kept cannot be renamed onto.',
  'A model or a version that a deployment holds is neither deleted nor renamed (409).',
  'While a model has a production deployment, its alias `champion` and the stage `Production` are refused with 409 that names `slipway deploy`.',
  'Files below `mlflow-artifacts:/` lie below a run, a logged model, a trace or a version; any other path is refused.',
  '`/graphql` knows the questions of the web app of MLflow, without fragments; a NaN is null there without an error beside it.',
  '`server-info` does not offer uploads in parts: one PUT is kept without a second copy. They are served for who asks for them (`MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=true`), say behind a proxy that limits bodies; there only object stores take them.',
  'Names of models with invisible characters, or not in Unicode normal form C, are refused.',
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
    ...differences.map((text) => `- ${text}`),
  ].join('\n')}\n`;
}
