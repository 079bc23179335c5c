import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { caller, project, withPipelines } from '../pipelines/pipelines.fixture.ts';
import { createAutomations, type Occasion, type RetrainingDefinition } from './index.ts';

const policy: RetrainingDefinition = { deployment: 'delay', pipeline: 'train', when: [{ kind: 'performance' }], cooldown_ms: 86_400_000 };
const breach: Occasion = { kind: 'breach', metrics: ['brier_skill'], detail: 'brier_skill 0.01 is below 0.02' };

test('a retraining that could not be started was not decided, so that the next attempt starts it and the one after waits', async () => {
  await withPipelines(async (world) => {
    const automations = createAutomations({
      ...world,
      projectNow: async () => world.now,
      championSince: async () => null,
      onBehalf: (person, cause) => systemCaller('automations', cause, person),
    });
    await automations.define(caller, project, 'delay', policy, 'ui');
    const consider = () => automations.consider(project, 'delay', breach, null);
    const decided = async () => (await automations.decisions(caller, project, { limit: 10 })).items.map(({ action }) => action);
    await assert.rejects(consider(), { code: 'not_found', message: /train/ });
    assert.deepEqual(await decided(), []);
    const wait = { kind: 'run', command: ['sleep', '60'], environment: {}, from: [], out: [], needs: [] } as const;
    await world.define('train', { steps: { wait } });
    await consider();
    await consider();
    assert.deepEqual(await decided(), ['skip', 'start']);
    const { items, next } = await automations.decisions(caller, project, { limit: 1 });
    const rest = await automations.decisions(caller, project, { limit: 1, cursor: next ?? '' });
    assert.deepEqual(
      [...items, ...rest.items].map(({ action }) => action),
      ['skip', 'start'],
      'a page goes on where the one before ended',
    );
    const [execution, ...others] = (await world.pipelines.executions(caller, project)).items;
    assert.deepEqual(others, []);
    const story = await world.events.why(execution?.started_event ?? 0);
    assert.deepEqual(
      story.map(({ type }) => type),
      ['retraining.decided', 'execution.started'],
    );
    await world.pipelines.cancel(caller, project, execution?.id ?? '');
  });
});
