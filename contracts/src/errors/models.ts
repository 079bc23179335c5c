import type { ErrorEntry } from './entry.ts';

/** Errors of the room `models`. */
export const modelsErrors = {
  alias_protected: {
    status: 409,
    message: 'Alias {alias} of model {model} follows deployment {deployment} and is not moved by hand.',
    todo: 'Release a version with `slipway deploy {deployment}`, or go back with `slipway rollback {deployment}`.',
  },
  version_in_use: {
    status: 409,
    message: 'Version {version} of model {model} is in use: {holders}.',
    todo: 'Move its callers to another version first; then retire it.',
  },
  version_not_servable: {
    status: 409,
    message: 'Version {version} of model {model} cannot be judged or served here: {reason}.',
    todo: 'Register a version with an ONNX file: `mlflow.onnx.log_model`, or `slipway models add`.',
  },
  export_failed: {
    status: 422,
    message: 'The model cannot be written as an ONNX file: {reason}.',
    todo: 'Change the data or the settings that the message names, and train again.',
  },
  export_mismatch: {
    status: 500,
    message: 'The exported ONNX file does not answer as the trained model: {rows} of {checked} rows differ, first in row {row} ({what}).',
    todo: 'The model was not stored. Please report it with the settings of the training.',
  },
  model_file_refused: {
    status: 422,
    message: 'The file is no ONNX model that can be served: {reason}.',
    todo: 'Export the model again with the option that the message names, and add it again.',
  },
} as const satisfies Record<string, ErrorEntry>;
