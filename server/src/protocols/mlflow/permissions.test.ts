import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

const rights = { execute: false, clock: false };

test('old scripts are told in their words what a person may do here, and can give no right that is not there', async (t) => {
  const { get, post, access, admin } = await openMlflow(t);
  const project = await access.projects.resolve('default');
  await post('registered-models/create', { name: 'delay' });
  const roles = { viewer: 'READ', approver: 'READ', contributor: 'EDIT', admin: 'MANAGE' } as const;
  for (const role of ['viewer', 'approver', 'contributor', 'admin'] as const) {
    const email = `${role}@example.org`;
    const { id } = await access.persons.create(admin, { name: role, email, password: 'four unrelated words', server_admin: false });
    await access.members.set(admin, project, id, { role, ...rights });
    const { body } = await get(`experiments/permissions/get?experiment_id=0&username=${email}`);
    assert.deepEqual(body, { experiment_permission: { experiment_id: '0', user_id: id, permission: roles[role] } });
    const ofModel = await get(`registered-models/permissions/get?name=delay&username=${email}`);
    assert.deepEqual(ofModel.body, { registered_model_permission: { name: 'delay', user_id: id, permission: roles[role] } });
  }
  const give = (permission: string, username = 'viewer@example.org') =>
    post('experiments/permissions/create', { experiment_id: '0', username, permission });
  assert.equal((await give('READ')).status, 200);
  for (const [permission, message] of [
    ['EDIT', /for a whole project here, and viewer@example\.org has READ in default.*slipway user add/],
    ['NO_PERMISSIONS', /for a whole project/],
    ['OWN', /Invalid value "OWN" for parameter 'permission'/],
  ] as const) {
    const { status, body } = await give(permission);
    assert.deepEqual([status, body.error_code], [400, 'INVALID_PARAMETER_VALUE'], permission);
    assert.match(body.message, message);
  }
  assert.equal((await give('READ', 'nobody@example.org')).status, 404);
  assert.equal((await get('experiments/permissions/get?experiment_id=4711&username=viewer@example.org')).status, 404);
  assert.equal((await access.members.list(admin, project)).find(({ name }) => name === 'viewer')?.role, 'viewer');
});
