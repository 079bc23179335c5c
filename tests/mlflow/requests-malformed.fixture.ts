import { type MlflowRoute, mlflowRoutes } from '@slipway/contracts';
import type { Request } from './requests.fixture.ts';

/** Served by MLflow only with its app for signing in. */
const isOfSignIn = (name: string): boolean => name.endsWith('Permission');

const kinds: readonly (readonly [string, Partial<Request>])[] = [
  ['nothing', {}],
  ['an empty object', { body: {} }],
  ['broken JSON', { raw: '{"run_id": ' }],
  ['null', { raw: 'null' }],
  ['text in JSON', { raw: '"{}"' }],
  ['unknown fields', { body: { no_such_field: [1, { a: null }] } }],
  ['another type', { raw: 'run_id=1', type: 'application/x-www-form-urlencoded' }],
  ['no type', { raw: '{}', type: '' }],
];

/** What a server of the protocol must not confuse: each route that reads JSON gets each kind of bad body. */
export const malformedRequests: readonly Request[] = Object.entries(mlflowRoutes as Readonly<Record<string, MlflowRoute>>)
  .filter(
    ([name, { method, streams }]) =>
      method !== 'GET' && !streams && name !== 'graphql' && !isOfSignIn(name) && !name.startsWith('deleteProxied'),
  )
  .filter(([, { under }]) => under === undefined)
  .flatMap(([name, { method, path, version }]) => {
    const at = name === 'searchDatasets' ? 'ajax-api' : 'api';
    const address = `/${at}/${version}.0/mlflow/${path.replace(/:\w+/g, 'none')}`;
    return kinds.map(([what, sent]): Request => ({ what: `${name}: ${what}`, method, path: address, ...sent }));
  });

/** Wrong methods and unknown addresses. */
export const strayRequests: readonly Request[] = [
  ...Object.entries(mlflowRoutes as Readonly<Record<string, MlflowRoute>>)
    .filter(
      ([, { method, version, under, path }]) =>
        method === 'POST' && version === 2 && under === undefined && path.includes('/') && !path.includes(':'),
    )
    .filter(([name]) => name !== 'searchDatasets' && !isOfSignIn(name))
    .map(([name, { path }]): Request => ({ what: `${name} by PUT`, method: 'PUT', path: `/api/2.0/mlflow/${path}`, body: {} })),
  ...['no/such', 'runs/search/', 'runs', ''].map(
    (path): Request => ({ what: `GET ${path}`, method: 'GET', path: `/api/2.0/mlflow/${path}` }),
  ),
];
