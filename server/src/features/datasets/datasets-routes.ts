import { api } from '@slipway/contracts';
import type { Clock } from '../../kernel/clock.ts';
import { defined } from '../../kernel/defined.ts';
import { failure } from '../../kernel/error.ts';
import { numberAt } from '../../kernel/pages.ts';
import { type Blobs, findOfProject, putOfProject } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import { type DatasetDefinition, versionLimits } from './dataset.ts';
import { summaryOf } from './datasets-views.ts';
import type { Datasets } from './index.ts';

export interface DatasetsRoutesDeps {
  readonly datasets: Datasets;
  readonly blobs: Blobs;
  readonly database: Database;
  readonly clock: Clock;
}

export function datasetsRoutes(deps: DatasetsRoutesDeps): Route[] {
  const { datasets, blobs } = deps;
  return [
    implement(api.datasets.putBlob, ({ project, query, request }) =>
      putOfProject(deps, project, request.stream, defined({ limit_bytes: versionLimits.upload_bytes, expect: query.digest })),
    ),
    implement(api.datasets.missingBlobs, async ({ project, body }) => {
      const here = await findOfProject(deps, project, body.digests);
      return { missing: [...new Set(body.digests)].filter((digest) => !here.has(digest)) };
    }),
    implement(api.datasets.list, async ({ project }) => ({ items: plain(await datasets.list(project)) })),
    implement(api.datasets.define, ({ caller, project, params, body }) =>
      datasets.define(caller, project, params.dataset, definitionOf(body), 'ui'),
    ),
    implement(api.datasets.addVersion, async ({ caller, project, params, body }) => {
      const { version, isNew } = await datasets.addVersion(caller, project, { dataset: params.dataset, files: body.files });
      return { version: plain(version), is_new: isNew };
    }),
    implement(api.datasets.versions, async ({ project, params, query }) => {
      const page = defined({ limit: query.limit, before: query.cursor === undefined ? undefined : numberAt(query.cursor) });
      const versions = await datasets.versions(project, params.dataset, page);
      const last = versions.length === query.limit ? versions.at(-1) : undefined;
      return { items: versions.map((version) => plain(summaryOf(version))), next: last && last.number > 1 ? String(last.number) : null };
    }),
    ...versionRoutes(datasets, blobs),
    implement(api.datasets.diff, async ({ project, params, query }) =>
      plain(await datasets.diff(project, params.dataset, query.from, query.to)),
    ),
  ];
}

function versionRoutes(datasets: Datasets, blobs: Blobs): Route[] {
  return [
    implement(api.datasets.version, async ({ project, params }) =>
      plain(await datasets.version(project, params.dataset, numberOf(params.version))),
    ),
    implement(api.datasets.profile, async ({ project, params, query }) => {
      const version = await datasets.version(project, params.dataset, numberOf(params.version));
      const columns = version.schema.filter((column) => query.column === undefined || column.name === query.column);
      if (columns.length === 0) {
        const known = version.schema.map((column) => column.name).join(', ');
        throw failure('column_not_found', { column: query.column ?? '', columns: known });
      }
      const profiles = new Map(Object.entries(await datasets.profile(version)));
      return plain({
        rows: version.rows,
        columns: columns.flatMap((column) => {
          const profile = profiles.get(column.name);
          return profile ? [{ ...column, profile }] : [];
        }),
      });
    }),
    implement(api.datasets.preview, async ({ project, params, query }) => {
      const version = await datasets.version(project, params.dataset, numberOf(params.version));
      return plain(await datasets.preview(version, query.offset, query.limit));
    }),
    implement(api.datasets.download, async ({ project, params, query, reply }) => {
      const version = await datasets.version(project, params.dataset, numberOf(params.version));
      const file = version.files.find((one) => one.path === query.path);
      if (!file) throw failure('not_found', { what: `file of version ${version.number}`, name: query.path });
      const { stream } = await blobs.open(file.digest);
      reply.setHeader('content-type', 'application/octet-stream');
      reply.setHeader('content-disposition', 'attachment');
      reply.setHeader('content-length', String(file.bytes));
      return stream;
    }),
  ];
}

type Plain<T> = { -readonly [K in keyof T]: Plain<T[K]> };

/** The contract writes its shapes as mutable; nothing changes these values on their way out. */
function plain<T>(value: T): Plain<T> {
  return value as Plain<T>;
}

type Given = { [K in keyof DatasetDefinition]?: unknown };

/** The body without members that are `undefined`, which the definition does not know. */
function definitionOf(body: Given): DatasetDefinition {
  return JSON.parse(JSON.stringify(body)) as DatasetDefinition;
}

function numberOf(version: string): number | 'latest' {
  return version === 'latest' ? version : Number(version);
}
