import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEvent } from '../audit/audit-api.ts';
import { canTakeBack, movesOf } from './moves.ts';

const event = (number: number, before: number | null, after: number | null, reason?: string): AuditEvent => ({
  number,
  at_ms: 0,
  type: 'alias.moved',
  subject: 'model delay',
  caller: { kind: 'person', id: 'per_1', name: 'Ada' },
  person: 'per_1',
  cause: null,
  request: null,
  before: { alias: 'best', version: before },
  after: { alias: 'best', version: after, ...(reason === undefined ? {} : { reason }) },
  note: null,
  digest: '',
});

const moves = movesOf([event(3, 1, 2, 'steadier'), event(2, null, 1)]);

test('a move tells where the alias was, where it went, who did it and why', () => {
  assert.deepEqual(moves[0], { event: 3, at_ms: 0, who: 'Ada', alias: 'best', from: 1, to: 2, reason: 'steadier' });
  assert.equal(moves[1]?.from, null);
});

test('only the newest move can be taken back, and only while nothing came between', () => {
  const free = () => false;
  const able = (aliases: Readonly<Record<string, number>>, isProtected = free) =>
    moves.map((move) => canTakeBack(move, moves, aliases, isProtected));
  assert.deepEqual(able({ best: 2 }), [true, false]);
  assert.deepEqual(able({ best: 5 }), [false, false]);
  assert.deepEqual(
    able({ best: 2 }, () => true),
    [false, false],
  );
  assert.deepEqual(able({}), [false, false]);
  const thereAndBack = movesOf([event(4, 1, 2), event(3, 2, 1), event(2, 1, 2)]);
  assert.deepEqual(
    thereAndBack.map((move) => canTakeBack(move, thereAndBack, { best: 2 }, free)),
    [true, false, false],
  );
});
