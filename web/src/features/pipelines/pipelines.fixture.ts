import type { Definition, Execution, Step } from './pipelines-api.ts';

export const definition: Definition = {
  inputs: ['departures'],
  params: { trees: 60 },
  files: {},
  register: 'delay',
  steps: {
    split: { kind: 'sql', file: 'split.sql', from: [], out: ['older', 'recent'], needs: [] },
    fit: { kind: 'fit', trainer: 'gbdt', target: 'late', from: 'older', exclude: [], settings: {}, needs: [] },
    evaluate: { kind: 'evaluate', model: 'fit', on: 'recent', slices: [], needs: [] },
  },
};

export const execution: Execution = {
  id: 'exe_2',
  pipeline: 'train',
  number: 2,
  params: {},
  inputs: { departures: 11 },
  state: 'succeeded',
  error: null,
  rerun_of: null,
  verified: null,
  model: 'delay',
  version: 9,
  person: null,
  started_event: 20,
  clock_ms: 0,
  cpu_ms: 5,
  created_at_ms: 1000,
  ended_at_ms: 11_000,
};

export const step: Step = {
  name: 'split',
  state: 'succeeded',
  attempts: 1,
  cache: { hit: false, reason: 'it has not run before' },
  tables: {},
  run_id: null,
  error: null,
  started_at_ms: 2000,
  ended_at_ms: 4000,
  cpu_ms: 1,
};

export const waiting: Step = { ...step, state: 'waiting', attempts: 0, cache: null, started_at_ms: null, ended_at_ms: null };
