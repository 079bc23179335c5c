import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { assertOfProject, type Blobs, putOfProject } from '../../platform/blobs/index.ts';
import type { Incoming, RequestFacts, Route } from '../../platform/http/index.ts';
import { fileLimit_bytes, filesOf } from './artifact-files.ts';
import { type ArtifactPlace, assertSafePath, pathBehind, placeOf } from './artifact-paths.ts';
import { invalid, inWordsOf } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { integer, needed, objects, read, text, type Wire } from './wire.ts';

type Any = Incoming<unknown, unknown, unknown>;

const partsMost = 10_000;
const partsAddress = '/api/2.0/mlflow-artifacts/mpu/parts';

/**
 * A large file in parts. The server keeps nothing of an upload but its parts: each is a blob of the project, whose digest is the
 * ETag that the client tells again at the end. So a restart in between harms nothing, and what nobody completes is swept like any blob.
 */
export function multipartRoutes(deps: MlflowDeps, { raw }: Routing): Route[] {
  const { blobs } = deps;
  const files = filesOf(deps);

  return [
    ...raw('createMultipart', async (incoming: Any) => {
      const { caller, project, request, body } = incoming;
      const { path, num_parts } = read(body as Wire, { path: needed(text), num_parts: integer });
      await files.assertMayChange({ caller, project }, placeFor(request, 'create', path));
      const parts = num_parts ?? 1;
      if (parts < 1 || parts > partsMost)
        throw invalid(`Invalid value ${parts} for parameter 'num_parts' supplied: an upload has 1 to ${partsMost} parts.`);
      const upload_id = `${randomBytes(16).toString('hex')}-${parts}`;
      const headers = shownAgain(request);
      const credentials = Array.from({ length: parts }, (_, at) => ({
        url: `http://${request.headers.host}${partsAddress}/${upload_id}/${at + 1}`,
        part_number: at + 1,
        headers,
      }));
      return { upload_id, credentials };
    }),
    ...raw('putPart', async ({ project, params, request, reply }: Any) => {
      const { upload_id = '', part_number = '' } = params as Readonly<Record<string, string>>;
      const number = Number(/^\d{1,5}$/.exec(part_number)?.[0] ?? 0);
      if (number < 1 || number > partsOf(upload_id)) throw invalid(`Upload '${upload_id}' has no part '${part_number}'.`);
      const { digest } = await putOfProject(deps, project, request.stream, { limit_bytes: fileLimit_bytes });
      reply.setHeader('etag', `"${digest}"`);
      return {};
    }),
    ...raw('completeMultipart', async ({ caller, project, request, body }: Any) => {
      const { path, upload_id, parts } = read(body as Wire, { path: needed(text), upload_id: needed(text), parts: needed(objects) });
      const place = placeFor(request, 'complete', path);
      await files.assertMayChange({ caller, project }, place);
      const digests = inOrder(upload_id, parts);
      const told = { not_found: invalid('An ETag is of no part that was uploaded. Upload it again.') };
      const sizes = await inWordsOf(told, () => assertOfProject(deps, project, digests));
      const bytes = digests.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
      if (bytes > fileLimit_bytes) throw invalid(`A file has at most ${fileLimit_bytes} bytes. The parts have ${bytes}.`);
      const { digest } = await blobs.put(joined(blobs, digests), { limit_bytes: fileLimit_bytes });
      await files.put({ caller, project }, place, digest);
      return {};
    }),
    ...raw('abortMultipart', async ({ caller, project, request, body }: Any) => {
      const { path, upload_id } = read(body as Wire, { path: needed(text), upload_id: needed(text) });
      await files.assertMayChange({ caller, project }, placeFor(request, 'abort', path));
      partsOf(upload_id);
      return {};
    }),
  ];
}

/** The address names the folder and the body the file, by a path on the disk of its client. */
function placeFor(request: RequestFacts, step: 'create' | 'complete' | 'abort', file: string): ArtifactPlace {
  const folder = pathBehind(request.path, `/mlflow-artifacts/mpu/${step}`);
  const name = file.split(/[/\\]/).at(-1) ?? '';
  const path = assertSafePath(`${folder.replace(/\/+$/, '')}/${name}`);
  const place = placeOf(path);
  if (!place || name === '' || place.path === '')
    throw invalid(`Artifacts are kept below a run, a logged model or a trace, not at '${path}'.`);
  return place;
}

/** Clients send the parts without the credentials that they have: they get back what they showed, and nobody else does. */
function shownAgain({ headers }: RequestFacts): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of [
    ['Authorization', headers.authorization],
    ['X-MLFLOW-WORKSPACE', headers['x-mlflow-workspace']],
  ] as const) {
    if (typeof value === 'string') shown[name] = value;
  }
  return shown;
}

function partsOf(upload_id: string): number {
  const parts = Number(/^[0-9a-f]{32}-(\d{1,5})$/.exec(upload_id)?.[1] ?? 0);
  if (parts < 1 || parts > partsMost) throw invalid(`Invalid value for parameter 'upload_id' supplied: it is of no upload.`);
  return parts;
}

/** The digests of all parts, each there once. */
function inOrder(upload_id: string, wires: readonly Wire[]): string[] {
  const parts = partsOf(upload_id);
  const tags = new Map<number, string>();
  for (const wire of wires) {
    const { part_number, etag } = read(wire, { part_number: needed(integer), etag: needed(text) });
    const digest = /^"?([0-9a-f]{64})"?$/.exec(etag)?.[1];
    if (digest === undefined) throw invalid(`Invalid value for parameter 'etag' supplied: part ${part_number} was not uploaded here.`);
    if (part_number !== null) tags.set(part_number, digest);
  }
  const digests = Array.from({ length: parts }, (_, at) => tags.get(at + 1));
  const lacking = digests.indexOf(undefined);
  if (lacking >= 0 || wires.length !== parts) {
    throw invalid(`The upload has ${parts} parts; ${lacking >= 0 ? `part ${lacking + 1} is missing` : `${wires.length} were told`}.`);
  }
  return digests.filter((digest) => digest !== undefined);
}

async function* joined(blobs: Blobs, digests: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const digest of digests) {
    const { stream } = await blobs.open(digest);
    yield* stream as Readable & AsyncIterable<Uint8Array>;
  }
}
