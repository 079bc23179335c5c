import { invalid } from './refusal.ts';
import { isWire } from './wire.ts';

/** Where clients before 3.0 keep which models a run logged: a list in JSON. */
export const historyTag = 'mlflow.log-model.history';

const needed = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

/** The tag with one more model; what a client left there may be anything. */
export function withModel(history: string | undefined, model_json: string): string {
  const known = jsonOr(history ?? '[]');
  return JSON.stringify([...(Array.isArray(known) ? (known as unknown[]) : []), summaryOf(model_json)]);
}

function summaryOf(json: string): unknown {
  const model = jsonOr(json);
  if (model === undefined) throw invalid(`Malformed model info. \n ${json.slice(0, 500)} \n is not a valid JSON.`);
  const from = isWire(model) ? model : {};
  const lacking = needed.filter((name) => !Object.hasOwn(from, name));
  if (lacking.length > 0) throw invalid(`Model json is missing mandatory fields: {${lacking.map((name) => `'${name}'`).join(', ')}}`);
  const flavors = Object.entries(isWire(from['flavors']) ? from['flavors'] : {}).map(
    ([name, flavor]) => [name, withoutConfig(flavor)] as const,
  );
  return {
    run_id: from['run_id'],
    artifact_path: from['artifact_path'],
    utc_time_created: from['utc_time_created'],
    model_uuid: from['model_uuid'] ?? null,
    flavors: Object.fromEntries(flavors),
  };
}

/** It may be long, and it is in the file of the model. */
function withoutConfig(flavor: unknown): unknown {
  return isWire(flavor) ? Object.fromEntries(Object.entries(flavor).filter(([key]) => key !== 'config')) : flavor;
}

/** Undefined for what is no JSON. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
