import type { ErrorEntry } from './entry.ts';

/** Errors of the room `deployments`, and of the model host that answers for it. */
export const deploymentsErrors = {
  model_host_failed: {
    status: 503,
    message: 'The model host stopped while it worked on model {model}: {reason}.',
    todo: 'Send the request again; the host restarts by itself within seconds.',
  },
  model_queue_full: {
    status: 503,
    message: 'Model {model} has {limit} requests waiting, which is its limit.',
    todo: 'Try again after the time that Retry-After gives, or send fewer requests at once.',
  },
  deadline_exceeded: {
    status: 504,
    message: 'Model {model} gave no answer within {deadline_ms} ms.',
    todo: 'Send fewer rows at once, allow a longer deadline, or try again when the server is less busy.',
  },
  model_not_loaded: {
    status: 503,
    message: 'Model {model} is not loaded in the model host.',
    todo: 'Deploy the version again; if it is deployed, its page says why the load failed.',
  },
  model_load_failed: {
    status: 422,
    message: 'Model {model} could not be loaded: {reason}.',
    todo: 'Check the file with `slipway models add FILE`, and export it again.',
  },
  model_quarantined: {
    status: 503,
    message: 'Model {model} stopped the model host {strikes} times and is quarantined.',
    todo: 'Deploy another version. Unload and load this one to try it again.',
  },
  model_run_failed: {
    status: 422,
    message: 'Model {model} could not score these rows: {reason}.',
    todo: 'Compare the rows with the inputs of the model.',
  },
  artifact_changed: {
    status: 409,
    message: 'The file of model {model} has other bytes than its digest says: expected {model}, found {found}.',
    todo: 'The stored file is damaged or was replaced. Restore it from a backup, or register the model again.',
  },
  input_refused: {
    status: 422,
    message: 'Row {row}, column {column}: expected {expected}, got {got}.',
    todo: 'Correct the value and send the rows again; none of them was scored. The inputs of the version say what it takes.',
  },
  event_time_ahead: {
    status: 422,
    message: 'The event time {got} is ahead of the clock of project {project}, which stands at {now}.',
    todo: 'Send rows in the order of time, or advance the clock of the project first; only a caller with the right to do so may be ahead of it.',
  },
  nothing_served: {
    status: 503,
    message: 'Deployment {deployment} has no version yet.',
    todo: 'Release one with `slipway deploy {deployment} VERSION`.',
  },
  deployment_starting: {
    status: 503,
    message: 'Deployment {deployment} is still being loaded after a start of the server.',
    todo: 'Try again after the time that Retry-After gives; /readyz says when all models are loaded.',
  },
  deployment_fixed: {
    status: 409,
    message: 'Deployment {deployment} serves version {version} of {model} in {environment}: its {field} cannot change.',
    todo: 'Retire it and define another, or keep the {field}.',
  },
  production_taken: {
    status: 409,
    message: 'Model {model} has a production deployment already: {deployment}.',
    todo: 'Release through that one, or retire it first.',
  },
  gate_needed: {
    status: 409,
    message: 'A deployment of {model} in {environment} must name a gate that judges the model: {gates}; got {got}.',
    todo: 'Name one of them as `gate` of the deployment.',
  },
  version_retired: {
    status: 409,
    message: 'Version {version} of model {model} is retired.',
    todo: 'Release another version.',
  },
  nothing_to_roll_back: {
    status: 409,
    message: 'Deployment {deployment} has no rollout to end and no version before the present one to go back to.',
    todo: 'Release the wanted version with `slipway deploy`.',
  },
  rollout_not_ready: {
    status: 409,
    message: 'The rollout of version {version} cannot be promoted now: {reason}.',
    todo: 'Wait for more rows and outcomes, or roll back. The evidence of the rollout has every figure.',
  },
  outcome_ahead: {
    status: 422,
    message: 'outcomes[{at}].observed_at_ms is ahead of the clock of project {project}, which stands at {now}.',
    todo: 'Send outcomes when they are known, or advance the clock of the project first.',
  },
} as const satisfies Record<string, ErrorEntry>;
