import { api } from '@slipway/contracts';
import { assertMay } from '../../kernel/caller.ts';
import { defined } from '../../kernel/defined.ts';
import { failure } from '../../kernel/error.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { Runs } from '../runs/index.ts';
import type { Models } from './index.ts';
import { madeByRun } from './made-by.ts';

export function modelsRoutes(options: { readonly models: Models; readonly blobs: Blobs; readonly runs: Runs }): Route[] {
  const { models, blobs, runs } = options;
  return [
    implement(api.models.list, async ({ caller, project }) => ({ items: await models.list(caller, project) })),
    implement(api.models.define, ({ caller, project, params, body }) => models.define(caller, project, params.model, defined(body), 'ui')),
    implement(api.models.versions, async ({ caller, project, params }) => {
      const items = await models.versions(caller, project, params.model);
      if (items.length === 0 && !(await models.definition(project, params.model)))
        throw failure('not_found', { what: 'model', name: params.model });
      return { items };
    }),
    implement(api.models.add, async ({ caller, project, params, body: { run, ...body } }) => {
      const made_by = run === undefined ? undefined : await madeByRun(runs, caller, project, run, body.file);
      const { version, isNew } = await models.add(caller, project, defined({ model: params.model, ...body, made_by }));
      return { version, is_new: isNew };
    }),
    implement(api.models.version, async ({ caller, project, params }) => {
      assertMay(caller, project, 'read');
      const version = await models.version(project, params.model, params.version);
      const [aliases, holds] = await Promise.all([models.aliases(project, params.model), models.holds(version.id)]);
      const own = [...aliases].filter(([, number]) => number === version.number).map(([alias]) => alias);
      return { ...version, aliases: own, holds };
    }),
    implement(api.models.retireVersion, ({ caller, project, params }) =>
      models.retireVersion(caller, project, params.model, params.version),
    ),
    implement(api.models.download, async ({ caller, project, params, query, reply }) => {
      assertMay(caller, project, 'read');
      const version = await models.version(project, params.model, params.version);
      const file = version.files.find((one) => one.path === query.path);
      if (!file) throw failure('not_found', { what: `file of version ${params.version}`, name: query.path });
      reply.setHeader('content-type', 'application/octet-stream');
      reply.setHeader('content-disposition', 'attachment');
      reply.setHeader('content-length', String(file.bytes));
      return (await blobs.open(file.digest)).stream;
    }),
    implement(api.models.setAlias, ({ caller, project, params, body }) =>
      models.setAlias(caller, project, defined({ model: params.model, alias: params.alias, ...body })),
    ),
    implement(api.models.deleteAlias, ({ caller, project, params }) =>
      models.setAlias(caller, project, { model: params.model, alias: params.alias, version: null }),
    ),
  ];
}
