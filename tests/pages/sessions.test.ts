import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { openBrowser, settled, signIn, withoutBrowser } from './browser.fixture.ts';

test('a person finds the browser that was left open in the list of their settings, and ends its session alone', {
  skip: withoutBrowser,
}, async (t) => {
  const [server, browser] = await Promise.all([startServer(t, temporaryFolder(t)), openBrowser(t)]);
  const kim = { name: 'Kim', email: 'kim@example.org', password: 'two herons over a mill' };
  await server.admin.client.access.createPerson({ body: kim });
  await server.admin.client.access.addMember({ params: { project: 'default' }, body: { email: kim.email, role: 'viewer' } });
  const [here, left] = [await signIn(t, browser, server, kim.email), await signIn(t, browser, server, kim.email)];
  await here.goto(`${server.address}/p/default/settings?tab=you`);
  await settled(here);
  const rows = here.getByRole('table', { name: 'Sessions' }).getByRole('row').filter({ hasText: 'Chrome' });
  assert.equal(await rows.count(), 2);
  await rows.getByRole('button', { name: 'End' }).click();
  await rows.getByRole('button', { name: 'End' }).waitFor({ state: 'detached' });
  assert.match((await rows.allInnerTexts()).join(), /this browser/);
  assert.equal((await left.request.get(`${server.address}/api/v1/me`)).status(), 401);
  assert.equal((await here.request.get(`${server.address}/api/v1/me`)).status(), 200);
});

test('who signs out everywhere is asked once, and then signed out here and in every other browser, which shows nothing of theirs any more', {
  skip: withoutBrowser,
}, async (t) => {
  const [server, browser] = await Promise.all([startServer(t, temporaryFolder(t)), openBrowser(t)]);
  const kim = { name: 'Kim', email: 'kim@example.org', password: 'two herons over a mill' };
  await server.admin.client.access.createPerson({ body: kim });
  await server.admin.client.access.addMember({ params: { project: 'default' }, body: { email: kim.email, role: 'viewer' } });
  const [here, lost] = [await signIn(t, browser, server, kim.email), await signIn(t, browser, server, kim.email)];
  await here.goto(`${server.address}/p/default/settings?tab=you`);
  await settled(here);
  await here.getByRole('button', { name: 'Sign out everywhere' }).click();
  const dialog = here.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await lost.request.get(`${server.address}/api/v1/me`)).status(), 200, 'nothing happens before the answer');
  await here.getByRole('button', { name: 'Sign out everywhere' }).click();
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
  await here.waitForURL(`${server.address}/sign-in`);
  const kept = await here.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
  assert.doesNotMatch(kept, /kim/i, 'what stays in the browser are settings of views');
  await here.goBack();
  await here.waitForURL(/\/sign-in/);
  assert.equal(await here.getByText('Kim', { exact: true }).count(), 0, 'going back shows no page of before');
  assert.equal((await lost.request.get(`${server.address}/api/v1/me`)).status(), 401);
  await lost.goto(server.address);
  await lost.waitForURL(/\/sign-in/);
});
