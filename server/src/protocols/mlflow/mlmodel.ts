import type { Signature, SignatureInput } from '../../features/models/index.ts';

/** What an MLmodel file says of the model beside it, as far as we use it. */
export interface Mlmodel {
  readonly flavors: readonly string[];
  /** Path of the ONNX file, from the folder of the MLmodel. */
  readonly onnx: string | null;
  readonly inputs: readonly SignatureInput[];
}

const linesLimit = 10_000;

/**
 * Reads the few lines that we use of the YAML that MLflow itself writes: two spaces a level, plain or single-quoted values that may go on in
 * deeper lines. What is written in another way is passed over, and the model is then one of unknown flavour; nothing is ever evaluated.
 */
export function readMlmodel(text: string): Mlmodel {
  const flavors: string[] = [];
  let onnx: string | null = null;
  let inputs: SignatureInput[] = [];
  const path: string[] = [];
  const lines = text.split(/\r?\n/).slice(0, linesLimit);
  for (let at = 0; at < lines.length; at++) {
    const [, space = '', key = '', rest = ''] = /^((?: {2})*)([\w.-]+):(?: (.*))?$/.exec(lines[at] ?? '') ?? [];
    if (key === '') continue;
    const depth = space.length / 2;
    path.splice(depth);
    path[depth] = key;
    if (depth === 1 && path[0] === 'flavors') flavors.push(key);
    if (depth === 2 && path[0] === 'flavors' && path[1] === 'onnx' && key === 'data') onnx = rest.trim();
    if (depth === 1 && path[0] === 'signature' && key === 'inputs') inputs = inputsOf(folded(lines, at, depth, rest));
  }
  return { flavors, onnx: onnx || null, inputs };
}

/** A value with the deeper lines that it goes on in, without its quotes. */
function folded(lines: readonly string[], at: number, depth: number, rest: string): string {
  const parts = [rest.trim()];
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next] ?? '';
    if (line.search(/\S/) <= depth * 2) break;
    parts.push(line.trim());
  }
  const value = parts.join(' ');
  return value.startsWith("'") && value.endsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

const numbers: ReadonlySet<string> = new Set(['integer', 'long', 'float', 'double', 'boolean']);

function inputsOf(json: string): SignatureInput[] {
  let columns: unknown;
  try {
    columns = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(columns)) return [];
  return columns.flatMap((column: unknown): SignatureInput[] => {
    if (typeof column !== 'object' || column === null || !('name' in column) || typeof column.name !== 'string') return [];
    const type = 'type' in column ? String(column.type) : '';
    const integer = type === 'integer' || type === 'long';
    const nullable = 'required' in column && column.required === false;
    const kind = numbers.has(type) ? 'number' : 'category';
    return [{ name: column.name, kind, integer, unit: null, nullable, min: null, max: null, categories: null }];
  });
}

export function unknownSignature(inputs: readonly SignatureInput[]): Signature {
  return { task: 'unknown', classes: [], target: null, inputs };
}
