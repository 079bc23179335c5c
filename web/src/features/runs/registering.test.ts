import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedVersion } from '../models/models-api.ts';
import { makersOf, modelFilesOf, proposedModel } from './registering.ts';
import type { Artifact } from './runs-api.ts';

const version = (model: string, number: number, run_id: string | null) => ({ model, number, run_id }) as ListedVersion;

test('the name that is proposed is the model that other runs of the experiment became, else the experiment itself', () => {
  const makers = makersOf([version('delay', 1, 'a'), version('delay', 3, null), version('delay', 2, 'b'), version('wear', 1, 'c')]);
  assert.deepEqual(makers, [
    { model: 'delay', run: 'b' },
    { model: 'wear', run: 'c' },
  ]);
  const read = [
    { model: 'delay', run: { experiment: '3' } },
    { model: 'wear', run: { experiment: '4' } },
  ];
  assert.equal(proposedModel({ id: '4', name: 'training' }, read), 'wear');
  assert.equal(proposedModel({ id: '5', name: 'threshold search' }, read), 'threshold-search');
  assert.equal(proposedModel({ id: '5', name: '/Users/ana/köln' }, read), 'Users-ana-k-ln');
  assert.equal(proposedModel({ id: '5', name: '🦢' }, read), '');
});

test('only files that serve as they are can be registered', () => {
  const file = (path: string) => ({ path }) as Artifact;
  assert.deepEqual(modelFilesOf([file('plot.png'), file('model/model.onnx'), file('model.pkl')]), [file('model/model.onnx')]);
});
