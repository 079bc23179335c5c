/**
 * Which answers an event makes stale, by the first part of its type. A key of a query begins with the noun it shows; pages that
 * show several nouns have several queries. A query whose key begins otherwise stays as it was asked.
 */
const touchedBy: Readonly<Record<string, readonly string[]>> = {
  alias: ['models'],
  approval: ['approvals', 'models', 'gates'],
  'dataset-version': ['datasets'],
  deployment: ['deployments', 'models', 'reports'],
  drift: ['monitors'],
  execution: ['pipelines', 'runs', 'models', 'automations'],
  experiment: ['runs'],
  gate: ['gates', 'models', 'approvals'],
  incident: ['monitors', 'reports'],
  member: ['access'],
  'model-version': ['models', 'deployments'],
  monitor: ['monitors', 'automations'],
  notification: ['notifications'],
  person: ['access'],
  project: ['access', 'monitors', 'automations'],
  'project-file': ['datasets', 'pipelines', 'models', 'gates', 'deployments', 'monitors', 'automations', 'notifications'],
  receiver: ['notifications'],
  retraining: ['automations', 'monitors', 'pipelines', 'reports'],
  token: ['access'],
};

const moving: ReadonlySet<unknown> = new Set(['audit', ...Object.values(touchedBy).flat()]);

/** Whether some event makes the answer of a query stale. */
export function isMoving(queryKey: readonly unknown[]): boolean {
  return moving.has(queryKey[0]);
}

/** `audit` is touched by everything; a noun that has no row here touches the answers of its own plural. */
export function nounsTouchedBy(type: string): readonly string[] {
  const noun = type.split('.', 1)[0] ?? type;
  return ['audit', ...(touchedBy[noun] ?? [`${noun}s`])];
}
