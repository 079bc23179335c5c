import type { Datasets } from '../../features/datasets/index.ts';
import type { RunInput } from '../../features/runs/index.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { isWire } from './wire.ts';

interface Named {
  readonly dataset: string;
  readonly version: number;
}

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?=:|$)/;
const plainHost = (host: string): string => host.toLowerCase().replace(/:80$/, '').replace(loopback, 'loopback');
const address = /^\/api\/v1\/projects\/([^/]+)\/datasets\/([^/]+)\/versions\/(\d{1,9})(?:\/|$)/;

/**
 * The version of ours that the source of an input names: as our own inputs do, `{"dataset": …, "version": …}`, or by an address below
 * `/api/v1/projects/…/datasets/…/versions/…` of the server that is spoken to. Null for any other source.
 */
export function namedVersion(source_type: string, source: string, at: { readonly host: string; readonly project: Project }): Named | null {
  const told = jsonOf(source);
  if (!isWire(told)) return null;
  const { dataset, version, url, uri } = told;
  if (source_type === 'slipway') {
    return typeof dataset === 'string' && typeof version === 'number' && Number.isSafeInteger(version) ? { dataset, version } : null;
  }
  const link = typeof url === 'string' ? url : typeof uri === 'string' ? uri : '';
  const parsed = URL.canParse(link) ? new URL(link) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || plainHost(parsed.host) !== plainHost(at.host)) return null;
  const [project, name, number] = (address.exec(parsed.pathname) ?? []).slice(1).map(plain);
  if (project !== at.project.name && project !== at.project.id) return null;
  return name === undefined ? null : { dataset: name, version: Number(number) };
}

/** The inputs, those that name a version of ours as that version; what the client told of it stays beside it. */
export function linkInputs(
  datasets: Datasets,
  inputs: readonly RunInput[],
  at: { readonly host: string; readonly project: Project },
): Promise<RunInput[]> {
  return Promise.all(
    inputs.map(async (input) => {
      const named = input.outside ? namedVersion(input.outside.source_type, input.outside.source, at) : null;
      const digest = named && (await digestOf(datasets, at.project, named));
      return named && digest ? { ...input, ...named, digest } : input;
    }),
  );
}

async function digestOf(datasets: Datasets, project: Project, { dataset, version }: Named): Promise<string | null> {
  try {
    return (await datasets.version(project, dataset, version)).digest;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'not_found') return null;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
