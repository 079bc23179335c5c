import type { Approval } from '../approvals/approvals-api.ts';
import type { Deployment, Rollout } from '../deployments/deployments-api.ts';
import type { Evidence, Verdict } from '../gates/gates-api.ts';
import type { Version } from './models-api.ts';

/** Things of the API for tests of what pages make of them; each as plain as it can be, changed by the test. */

export const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  criterion: 'auc at least 0.58',
  metric: 'auc',
  slice: null,
  value: 0.7312,
  low: 0.708,
  high: 0.7543,
  rows: 2235,
  rival: null,
  limit: 'at least 0.58',
  holds: true,
  reason: 'auc is 0.7312.',
  ...change,
});

export const verdict = (change: Partial<Verdict> = {}): Verdict => ({
  id: 'vdt_1',
  gate: 'release',
  gate_revision: 1,
  version_id: 'ver_11',
  model: 'delay',
  version: 11,
  champion: 10,
  result: 'needs approval',
  approvals: { production: 1 },
  evidence: [evidence(), evidence({ criterion: 'brier at most 0.2', metric: 'brier', limit: 'at most 0.2' })],
  evidence_digest: 'digest',
  event: 603,
  created_at_ms: 0,
  ...change,
});

export const approval = (change: Partial<Approval> = {}): Approval => ({
  id: 'apr_1',
  version_id: 'ver_11',
  model: 'delay',
  version: 11,
  environment: 'production',
  verdict_event: 603,
  evidence_digest: 'digest',
  needed: 1,
  state: 'granted',
  excluded: [],
  decisions: [{ person: 'per_1', name: 'Ben', decision: 'approve', reason: '', at_ms: 0 }],
  event: 604,
  created_at_ms: 0,
  decided_at_ms: 0,
  ...change,
});

export const rollout = (change: Partial<Rollout> = {}): Rollout => ({
  deployment: 'delay',
  number: 1,
  model: 'delay',
  version: 1,
  version_id: 'ver_1',
  displaced: null,
  state: 'promoted',
  plan: { steps: [0.05, 0.25, 1], guard: [], bake_ms: 0, least_rows: 30, longest_wait_ms: 0 },
  step: 0,
  step_started_ms: 0,
  started_ms: 100,
  ended_ms: 200,
  evidence: [],
  permit: null,
  person: null,
  event: 1,
  created_at_ms: 0,
  ...change,
});

export const deployment = (change: Partial<Deployment> = {}): Deployment => ({
  name: 'delay',
  definition: {
    model: 'delay',
    environment: 'production',
    gate: 'release',
    rollout: { steps: [0.05, 0.25, 1], guard: ['errors', 'brier'], bake_ms: 86_400_000 },
    limits: {},
    unexpected: {},
  },
  managed_by: 'file',
  revision: 1,
  changed_event: 1,
  person: null,
  retired: false,
  model: 'delay',
  champion: 10,
  champion_since_ms: 0,
  previous: 9,
  rollout: null,
  split: [{ version: 10, share: 1 }],
  ...change,
});

export const version = (change: Partial<Version> = {}): Version => ({
  id: 'ver_11',
  model: 'delay',
  number: 11,
  digest: 'd'.repeat(64),
  flavor: 'onnx',
  files: [{ path: 'model.onnx', digest: 'f'.repeat(64), bytes: 46_516 }],
  signature: { task: 'binary', classes: ['0', '1'], target: 'late', inputs: [] },
  profile_digest: null,
  importance: {},
  run_id: null,
  execution_id: null,
  dataset_versions: [],
  outputs: {},
  code: null,
  person: null,
  started_event: 1,
  event: 2,
  created_at_ms: 0,
  retired_at_ms: null,
  aliases: [],
  holds: [],
  ...change,
});
