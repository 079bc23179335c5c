import type { ErrorEntry } from './entry.ts';

/** Errors of the MLflow protocol itself. Its clients get the text that they know, with MLflow's own code (`details`). */
export const mlflowErrors = {
  mlflow_refused: {
    status: 400,
    message: 'The MLflow request is refused: {reason}',
    todo: 'Correct the call as the message says; docs/reference/mlflow.md lists what is served.',
  },
} as const satisfies Record<string, ErrorEntry>;
