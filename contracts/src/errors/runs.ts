import type { ErrorEntry } from './entry.ts';

/** Errors of the room `runs`. */
export const runsErrors = {
  run_not_active: {
    status: 409,
    message: 'Run {run} is deleted; it can be read but not written.',
    todo: 'Restore the run first, or write to another one.',
  },
  experiment_not_active: {
    status: 409,
    message: 'Experiment {experiment} is deleted; its runs can be read but not written.',
    todo: 'Restore the experiment first, or use another one.',
  },
  param_already_set: {
    status: 409,
    message: 'Param {key} of run {run} is already {old}; it cannot become {value}.',
    todo: 'Params are written once. Log a changing value as a metric or a tag, or start a new run.',
  },
  filter_not_understood: {
    status: 422,
    message: 'The filter is not understood at character {at}, {found}: expected {expected}.',
    todo: 'Write conditions such as `pr_auc > 0.80 and params.depth = 8 and status = failed`; {hint}.',
  },
} as const satisfies Record<string, ErrorEntry>;
