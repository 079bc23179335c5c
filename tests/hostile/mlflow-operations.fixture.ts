import { type MlflowRoute, mlflowEndpoints, mlflowRoutes } from '@slipway/contracts';
import type { Operation } from './attack.fixture.ts';
import type { Given } from './given.fixture.ts';

/**
 * Every route of the MLflow protocol as an operation, from the table that the server serves. Which fields it reads is what the right
 * request shows, so a route without one is an error here.
 */
export function mlflowOperations(given: Readonly<Record<string, Given>>): Operation[] {
  return Object.entries<MlflowRoute>(mlflowRoutes).map(([name, route]) => {
    const [{ id, method, path, permission, body, bodyKind }, twin] = mlflowEndpoints(name, route) as [Endpoint, Endpoint | undefined];
    const known = given[id];
    if (!known && permission !== 'public') throw new Error(`${id} could not be exercised: mlflow-world.fixture.ts has no request for it`);
    const template = templateOf(path);
    const type = typeof known?.body === 'object' ? 'application/json' : 'application/octet-stream';
    return {
      id,
      method,
      path: template,
      permission,
      // The project stands in a header.
      params: ['project', ...[...template.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param)],
      query: Object.fromEntries(Object.keys(known?.query ?? {}).map((field) => [field, { type: 'string' }])),
      required: new Set<string>(),
      body: body !== undefined || bodyKind === 'bytes' ? { type, schema: {} } : null,
      speaks: 'mlflow',
      hasTwin: twin !== undefined,
    };
  });
}

type Endpoint = ReturnType<typeof mlflowEndpoints>[number];

/** Where a route takes all that is left of an address, that is the files of something and a path among them. */
const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace('*', '{files}/{file}');
