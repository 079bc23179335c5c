import type { PredictAnswer, PredictRequest, ServingVersion } from '../../features/deployments/index.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import { isObject } from './wire-body.ts';

/** A tensor on the wire: row-major data, flat. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data: readonly (number | string)[];
}

export interface InferQuestion {
  readonly id: string | null;
  readonly request: PredictRequest;
  /** Names of the wanted outputs; null for all. */
  readonly outputs: readonly string[] | null;
}

const rowsLimit = 1000;
const numeric = /^(?:BOOL|U?INT(?:8|16|32|64)|FP(?:16|32|64))$/;

/** An inference request (Open Inference Protocol, REST) as rows: one tensor of shape [n] or [n, 1] per column of the model. */
export function questionOf(body: Readonly<Record<string, unknown>>): InferQuestion {
  const { id, inputs, outputs } = named(body);
  if (id !== undefined && typeof id !== 'string') throw wrong('id', 'a text', id);
  if (!Array.isArray(inputs) || inputs.length === 0) throw wrong('inputs', 'a list of tensors', inputs);
  const tensors = inputs.map(tensorOf);
  const rows = tensors[0]?.shape[0] ?? 0;
  const uneven = tensors.find((tensor) => tensor.shape[0] !== rows);
  if (uneven) throw wrong(`inputs ${uneven.name}`, `${rows} rows, as the first tensor has`, uneven.shape[0]);
  if (new Set(tensors.map((tensor) => tensor.name)).size < tensors.length) throw wrong('inputs', 'each name once', 'a name twice');
  const rowOf = (row: number) => Object.fromEntries(tensors.map(({ name, data }) => [name, data[row] ?? null]));
  const key = id === undefined || id === '' ? null : id;
  const ids = key === null ? {} : { ids: Array.from({ length: rows }, (_, row) => (rows === 1 ? key : `${key}#${row}`)) };
  return {
    id: id === undefined || id === '' ? null : id,
    request: { rows: Array.from({ length: rows }, (_, row) => rowOf(row)), ...ids },
    outputs: outputs === undefined ? null : outputNames(outputs),
  };
}

function named(body: Readonly<Record<string, unknown>>): { id?: unknown; inputs?: unknown; outputs?: unknown } {
  return body;
}

/** The names and shapes are judged before the data is walked, so that a shape that promises too much costs nothing. */
function tensorOf(value: unknown, at: number): Tensor {
  const where = `inputs[${at}]`;
  if (!isObject(value)) throw wrong(where, 'a tensor', value);
  const { name, datatype, shape, data, parameters }: Record<string, unknown> = value;
  if (typeof name !== 'string' || name === '') throw wrong(`${where}.name`, 'the name of a column', name);
  if (isObject(parameters) && 'binary_data_size' in parameters) {
    throw wrong(`inputs ${name}`, 'data as JSON; binary tensors are not taken', 'binary_data_size');
  }
  if (typeof datatype !== 'string' || !(datatype === 'BYTES' || numeric.test(datatype))) {
    throw wrong(`inputs ${name}.datatype`, 'BYTES, BOOL, INT8 to INT64, UINT8 to UINT64 or FP16 to FP64', datatype);
  }
  const rows = rowsOf(name, shape);
  if (!Array.isArray(data)) throw wrong(`inputs ${name}.data`, 'a list', data);
  if (data.length !== rows) throw wrong(`inputs ${name}.data`, `${rows} values, as its shape says`, data.length);
  const flat = data.map((one: unknown) => (Array.isArray(one) && one.length === 1 ? (one[0] as unknown) : one));
  return { name, datatype, shape: [rows], data: flat.map((one) => elementOf(name, datatype, one)) as (number | string)[] };
}

function rowsOf(name: string, shape: unknown): number {
  const dims: unknown[] = Array.isArray(shape) ? shape : [];
  const [rows, width = 1, ...more] = dims;
  const fits = typeof rows === 'number' && Number.isInteger(rows) && rows >= 1 && rows <= rowsLimit && width === 1 && more.length === 0;
  if (!fits)
    throw wrong(`inputs ${name}.shape`, `[n] or [n, 1] with n from 1 to ${rowsLimit}, one tensor per column`, JSON.stringify(shape));
  return rows;
}

/** Null and the text NaN stand for a missing value, which JSON cannot say as a number. */
function elementOf(name: string, datatype: string, value: unknown): unknown {
  if (value === null || value === 'NaN') return value;
  if (datatype === 'BYTES') {
    if (typeof value !== 'string') throw wrong(`inputs ${name}.data`, 'texts', value);
    return value;
  }
  const element = datatype === 'BOOL' && typeof value === 'boolean' ? Number(value) : value;
  if (typeof element !== 'number') throw wrong(`inputs ${name}.data`, `numbers of type ${datatype}`, value);
  if (!datatype.startsWith('FP') && !Number.isSafeInteger(element)) {
    throw wrong(`inputs ${name}.data`, `whole numbers below 2^53 for ${datatype}`, value);
  }
  return element;
}

function outputNames(outputs: unknown): string[] {
  if (!Array.isArray(outputs)) throw wrong('outputs', 'a list', outputs);
  return outputs.map((one: unknown, at) => {
    const name = isObject(one) ? named(one as { name?: unknown } & Record<string, unknown>) : {};
    const text = 'name' in name ? name.name : undefined;
    if (typeof text !== 'string') throw wrong(`outputs[${at}].name`, 'the name of an output', text);
    return text;
  });
}

/** Our answer as tensors: `label` and, where the model gives them, `probabilities`; or `prediction`. The rows' ids are told by the id of the first. */
export function answerOf(answer: PredictAnswer, { id, outputs }: InferQuestion, classes: readonly string[]) {
  const rows = answer.predictions;
  const n = rows.length;
  const all: Tensor[] =
    rows[0]?.prediction === undefined
      ? [
          { name: 'label', datatype: 'BYTES', shape: [n], data: rows.map((row) => row.label ?? '') },
          // Some classifiers give labels only.
          ...(rows.every((row) => row.probabilities)
            ? [
                {
                  name: 'probabilities',
                  datatype: 'FP32',
                  shape: [n, classes.length],
                  data: rows.flatMap((row) => classes.map((name) => row.probabilities?.[name] ?? 0)),
                },
              ]
            : []),
        ]
      : [{ name: 'prediction', datatype: 'FP64', shape: [n], data: rows.map((row) => row.prediction ?? 0) }];
  const unknown = outputs?.find((name) => all.every((tensor) => tensor.name !== name));
  if (unknown !== undefined) throw wrong('outputs', all.map((tensor) => tensor.name).join(', '), unknown);
  const first = rows[0]?.id ?? '';
  return {
    model_name: answer.deployment,
    ...(answer.version === null ? {} : { model_version: String(answer.version) }),
    ...(id === null ? {} : { id }),
    parameters: { row_id: n === 1 ? first : first.replace(/#0$/, '') },
    outputs: outputs === null ? all : all.filter((tensor) => outputs.includes(tensor.name)),
  };
}

/** Inputs and outputs of a version. Numbers are doubles, which hold a missing value as well. */
export function metadataOf(name: string, versions: readonly ServingVersion[], of: ServingVersion) {
  const { inputs, task, classes } = of.signature;
  return {
    name,
    versions: versions.map((version) => String(version.number)),
    platform: 'onnx_onnxv1',
    inputs: inputs.map((input) => ({ name: input.name, datatype: input.kind === 'number' ? 'FP64' : 'BYTES', shape: [-1, 1] })),
    outputs:
      task === 'regression'
        ? [{ name: 'prediction', datatype: 'FP64', shape: [-1] }]
        : [
            { name: 'label', datatype: 'BYTES', shape: [-1] },
            { name: 'probabilities', datatype: 'FP32', shape: [-1, classes.length] },
          ],
  };
}

function wrong(field: string, expected: string, got: unknown): SlipwayError {
  const text = typeof got === 'object' && got !== null ? (Array.isArray(got) ? 'a list' : 'an object') : String(got);
  return failure('invalid_input', { field, expected, got: text });
}
