import { errors } from '@slipway/contracts';
import { type Answer, hang_ms } from './ask.fixture.ts';
import { type Case, form, type Operation } from './attack.fixture.ts';

/** What is wrong with an answer; empty where nothing is. */
export function wrongWith({ operation, status: expected, names }: Case, answer: Answer, secrets: readonly string[]): string[] {
  const { status, text, headers, took_ms } = answer;
  const wrong: string[] = [];
  // What is let through may do its work first, and some is judged in a child process that starts for it.
  if (took_ms > (status < 400 || judgedInChild.has(operation.id) ? work_ms : hang_ms)) wrong.push(`took ${Math.round(took_ms)} ms`);
  if (status === 0) wrong.push('no answer');
  if (status >= 500 && !isMeant(status, text)) wrong.push('a failure of the server');
  if (expected && !expected.includes(status) && !isEarlier(status)) wrong.push(`expected ${expected.join(' or ')}`);
  if (names !== undefined && status < 400 && !refusesWithin.has(operation.id))
    wrong.push(`took what is of another kind as ${names.join('.')}`);
  const isRefused = operation.speaks ? status === 400 : status === 422 && isOurs(operation);
  const isTooDeep = text.includes('nested deeper');
  if (names !== undefined && isRefused && !isTooDeep && !names.some((key) => text.includes(key)))
    wrong.push(`does not name ${names.join('.')}`);
  if (status >= 400) wrong.push(...(operation.speaks ? wrongMlflow(operation, answer) : wrongShape(operation, answer)));
  if (String(headers['location'] ?? '/').search(/^\/(?![/\\])/) !== 0) wrong.push(`leads to ${String(headers['location'])}`);
  if (headers['set-cookie']?.toString().includes('planted')) wrong.push('set a cookie that was planted');
  if (headers['x-content-type-options'] !== 'nosniff' && status !== 0 && headers['x-request-id'] !== undefined)
    wrong.push('may be sniffed');
  const tellsOwn = tellsWhatItWasShown.has(operation.id);
  const told = secrets.filter((secret) => (!tellsOwn && text.includes(secret)) || JSON.stringify(headers).includes(secret));
  const traces = traceOf.filter((pattern) => pattern.test(text));
  if (told.length + traces.length > 0)
    wrong.push(`tells ${[...told.map((secret) => secret.slice(0, 12)), ...traces.map(String)].join(', ')}`);
  return wrong;
}

/** GraphQL answers 200 and tells its refusals in `errors`, by its own names of fields. */
const refusesWithin = new Set(['mlflow.graphql']);

/** Clients of MLflow send the parts of a file with nothing but what this answer tells them to show: their own token. */
const tellsWhatItWasShown = new Set(['mlflow.createMultipart']);

/** For what a child process does for a request that is right, beside all that the others started. */
const work_ms = 30_000;
const judgedInChild = new Set(['models.add', 'datasets.addVersion', 'projectfile.apply', 'gates.evaluate']);

/** Who or what the request names is judged before its body is read; a limit may be reached. */
function isEarlier(status: number): boolean {
  return [401, 403, 404, 429].includes(status);
}

/** The codes with which a server that is well may answer 5xx. */
const meantFor = new Set(['busy', 'storage_full', 'model_not_loaded', 'model_queue_full', 'nothing_served', 'deadline_exceeded']);

function isMeant(status: number, text: string): boolean {
  return status !== 500 && [...meantFor].some((code) => text.includes(code) || text.includes(errors[code as 'busy'].message.slice(0, 12)));
}

const traceOf: readonly RegExp[] = [
  /\bat (async )?[\w.<>]+ \(/,
  /file:\/\/\/(?!etc)/,
  /node:internal/,
  /node_modules/,
  /\$argon2/,
  /\bSQLITE_/,
  /\b(SELECT|INSERT|UPDATE) [\w"*]+ /,
  /no such (table|column):/,
];

const ownApi = /^\/(api|livez|readyz|health|version|metrics)/;
const isOurs = ({ path, body }: Operation): boolean => ownApi.test(path) && body?.type !== form;

function wrongShape(operation: Operation, { status, text, headers }: Answer): string[] {
  const type = String(headers['content-type']);
  if (!isOurs(operation) && type.startsWith('text/html')) return [];
  if (!type.startsWith('application/json')) return [`an error of type ${type}`];
  try {
    const { error, error_code } = JSON.parse(text) as {
      error?: string | { code: string; message: string; todo: string };
      error_code?: string;
    };
    if (!isOurs(operation) && (typeof error === 'string' || typeof error_code === 'string')) return [];
    if (typeof error !== 'object') return ['an error of another form'];
    if (!Object.hasOwn(errors, error.code)) return [`the code ${error.code} is not in the table`];
    if (errors[error.code as 'busy'].status !== (status as number)) return [`${error.code} has another status`];
    return error.message !== '' && error.todo !== '' ? [] : ['an error without words'];
  } catch {
    return ['an error that is no JSON'];
  }
}

/** What its clients read: a code and a message. An address that is not served is told so that no client takes it for a refusal. */
function wrongMlflow({ path }: Operation, { status, text, headers }: Answer): string[] {
  const type = String(headers['content-type']);
  if (status === 404 && type.startsWith('text/plain') && text === 'Not Found') return [];
  if (!type.startsWith('application/json')) return [`an error of type ${type}`];
  try {
    const { error_code, message, error } = JSON.parse(text) as { error_code?: string; message?: string; error?: { code: string } };
    // What cannot be read as a request has no route whose form it could have.
    if (error?.code === 'malformed_request' || (error?.code === 'route_not_found' && !path.startsWith('/api/'))) return [];
    return /^[A-Z_]{5,40}$/.test(error_code ?? '') && message ? [] : ['an error of another form than MLflow’s'];
  } catch {
    return ['an error that is no JSON'];
  }
}

const unexercised = new Set([
  'route_not_found',
  'not_found',
  'invalid_input',
  'malformed_request',
  'unsupported_media_type',
  'not_signed_in',
  'token_not_valid',
  'not_permitted',
  'server_admin_only',
  'origin_not_allowed',
  'host_not_allowed',
]);

/** Why the right request of an operation did not reach its work; null where it did. */
export function whyUnexercised({ status, text }: Answer): string | null {
  if (status > 0 && status < 400) return null;
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code !== undefined && !unexercised.has(code) ? null : `${status} ${text.slice(0, 300)}`;
}
