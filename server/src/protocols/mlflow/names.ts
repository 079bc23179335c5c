import { invalid } from './refusal.ts';
import { pythonJson } from './wire.ts';

/** Limits and texts of mlflow/utils/validation.py. */
export const limits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  entries: 1000,
  batch_chars: 1_000_000,
  key_chars: 250,
  paramValue_chars: 6000,
  tagValue_chars: 8000,
  experimentTag_chars: 20_000,
  experimentName_chars: 500,
  registryTag_chars: 100_000,
  alias_chars: 255,
  datasetName_chars: 500,
  datasetDigest_chars: 36,
  datasetSchema_chars: 1_048_575,
  datasetSource_chars: 65_535,
  datasetProfile_chars: 16_777_215,
  inputTagKey_chars: 255,
  inputTagValue_chars: 500,
  artifactRoot_chars: 2048,
} as const;

const grammar = /^[/\p{L}\p{N}_.\- :]*$/u;
const badCharacters =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).';

/** What the name would be as a path. */
export function normalPath(name: string): string {
  if (name === '') return '.';
  const root = name.startsWith('//') && !name.startsWith('///') ? '//' : name.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (root === '') parts.push('..');
  }
  return `${root}${parts.join('/')}` || '.';
}

/** Refuses a key of a metric, param or tag that is no name; `path` is where it stands. */
export function assertName(name: string, path: string): void {
  if (!grammar.test(name)) throw invalid(`Invalid value ${pythonJson(name)} for parameter '${path}' supplied: ${badCharacters}`);
  const normal = normalPath(name);
  if (normal === name && normal !== '.' && !normal.startsWith('..') && !normal.startsWith('/')) return;
  const why = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to ${pythonText(normal)}`;
  throw invalid(`Invalid value ${pythonJson(name)} for parameter '${path}' supplied: ${why}`);
}

export function assertLength(what: string, value: string, limit: number): void {
  if (value.length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}

/** As Python prints a text. */
export function pythonText(value: string): string {
  return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
