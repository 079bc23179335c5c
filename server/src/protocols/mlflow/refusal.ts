import { failure, SlipwayError } from '../../kernel/error.ts';
import type { ErrorAnswer } from '../../platform/http/index.ts';

/** MLflow's codes as far as we answer them, with the HTTP status that its clients expect (mlflow/exceptions.py). */
const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_STATE: 500,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  RESOURCE_CONFLICT: 409,
  REQUEST_LIMIT_EXCEEDED: 429,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type MlflowCode = keyof typeof statuses;

const reasonLimit_chars = 280;
/** What a client wrote is told again, but no more of it than a person reads. */
const messageLimit_chars = 4000;

/** A refusal in MLflow's own words, which its clients and their users know. */
export function refusal(code: MlflowCode, message: string): SlipwayError {
  return failure('mlflow_refused', { reason: message.slice(0, reasonLimit_chars) }, { mlflow_code: code, mlflow_message: message });
}

export function invalid(message: string): SlipwayError {
  return refusal('INVALID_PARAMETER_VALUE', message);
}

/** What the codes of our own table are called there; the rest goes by status. */
const ownCodes: Readonly<Record<string, MlflowCode>> = {
  already_exists: 'RESOURCE_ALREADY_EXISTS',
  run_not_active: 'INVALID_PARAMETER_VALUE',
  experiment_not_active: 'INVALID_PARAMETER_VALUE',
  param_already_set: 'INVALID_PARAMETER_VALUE',
};

function codeOf({ code, status }: SlipwayError): MlflowCode {
  const own = ownCodes[code];
  if (own) return own;
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
    case 421:
      return 'PERMISSION_DENIED';
    case 404:
      return 'RESOURCE_DOES_NOT_EXIST';
    case 409:
      return 'RESOURCE_CONFLICT';
    case 429:
      return 'REQUEST_LIMIT_EXCEEDED';
    case 503:
      return 'TEMPORARILY_UNAVAILABLE';
    case 507:
      return 'RESOURCE_EXHAUSTED';
    default:
      return status >= 500 ? 'INTERNAL_ERROR' : 'INVALID_PARAMETER_VALUE';
  }
}

/** Statuses that tell more than the code does, and that no client takes for something else. */
const keptStatuses = new Set([408, 413, 421, 507]);

/** The form of errors on MLflow's wire: its clients raise `message` under `error_code`. */
export function explain(error: SlipwayError): ErrorAnswer {
  const { mlflow_code, mlflow_message, retry_after_s } = error.details;
  const code = typeof mlflow_code === 'string' ? (mlflow_code as MlflowCode) : codeOf(error);
  const words = typeof mlflow_message === 'string' ? mlflow_message : `${error.message} ${error.todo}`;
  const message = words.length > messageLimit_chars ? `${words.slice(0, messageLimit_chars)}…` : words;
  const status = keptStatuses.has(error.status) ? error.status : statuses[code];
  const headers: Record<string, string> = {
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="mlflow"' } : {}),
    ...(status === 429 || status === 503 ? { 'retry-after': String(Math.max(1, Math.ceil(Number(retry_after_s ?? 1)))) } : {}),
  };
  const error_class = code === 'RESOURCE_DOES_NOT_EXIST' ? 'RESOURCE_NOT_FOUND' : code;
  return { status, headers, body: { error_code: code, message, sqlstate: 'KAM00', error_class } };
}

/** An error with its stack is made when it is needed: it costs more than many a request. */
type Told = Readonly<Record<string, string | SlipwayError | (() => SlipwayError)>>;

/** Runs `work` and puts the protocol's words for the errors that are named by code. */
export async function inWordsOf<T>(told: Told, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const words = told[error.code];
    if (words === undefined) throw error;
    if (words instanceof SlipwayError) throw words;
    if (typeof words === 'function') throw words();
    throw refusal(codeOf(error), words);
  }
}
