import { Button, PasswordInput, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { useSingleKeys } from '../../client/single-keys.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Part, Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { type Me, useMe } from './access-api.ts';
import { Ask } from './ask.tsx';
import styles from './settings.module.css';
import { useChange } from './settings-api.ts';

const t = words.settings.you;

/** What is mine: the account, how the pages look, the password, the sessions. */
export function You() {
  const asked = useMe();
  return (
    <Part of={asked}>
      {(me) => (
        <Columns widths="minmax(0, 1fr) minmax(0, 1fr)">
          <Stack>
            <Card title={t.account}>
              <Facts
                facts={[
                  [t.name, <bdi key="name">{me.name}</bdi>],
                  [t.id, <code key="id">{me.id}</code>],
                  [t.admin, me.server_admin ? t.yes : t.no],
                ]}
              />
            </Card>
            <Appearance />
          </Stack>
          <Stack>
            <Password me={me} />
            {me.auth && <Sessions />}
          </Stack>
        </Columns>
      )}
    </Part>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [single, setSingle] = useSingleKeys();
  return (
    <Card title={t.appearance} note={t.here}>
      <div className={styles['column']}>
        <SegmentedControl
          aria-label={t.scheme}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
          data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: words.shell[value] }))}
        />
        <Switch label={t.single} description={t.singleHint} checked={single} onChange={(event) => setSingle(event.currentTarget.checked)} />
      </div>
    </Card>
  );
}

function Password({ me }: { readonly me: Me }) {
  const [password, setPassword] = useState('');
  const [next, setNext] = useState('');
  const change = useChange('access', () => client.access.changePassword({ body: { password, new_password: next } }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    // The session has ended with the old password.
    change.mutate(undefined, { onSuccess: () => location.assign('/sign-in') });
  };
  if (!me.auth) {
    return (
      <Card title={t.password}>
        <p>{t.authOff}</p>
      </Card>
    );
  }
  return (
    <Card title={t.password}>
      <form className={styles['column']} onSubmit={send}>
        <p className="second">{t.passwordText}</p>
        <input type="text" name="username" autoComplete="username" value={me.name} readOnly hidden />
        <PasswordInput
          className={styles['wide'] ?? ''}
          label={t.present}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          className={styles['wide'] ?? ''}
          label={t.next}
          description={t.nextHint}
          autoComplete="new-password"
          required
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        {change.error && <Problem error={change.error} />}
        <Button type="submit" loading={change.isPending}>
          {t.change}
        </Button>
      </form>
    </Card>
  );
}

function Sessions() {
  const [asks, setAsks] = useState(false);
  const end = useChange('access', () => client.access.signOutEverywhere());
  return (
    <Card title={t.sessions}>
      <div className={styles['column']}>
        <p className="second">{t.sessionsText}</p>
        <Button variant="default" onClick={() => setAsks(true)}>
          {t.everywhere}
        </Button>
      </div>
      {asks && (
        <Ask
          title={t.everywhere}
          text={t.everywhereAsk}
          button={t.everywhere}
          error={end.error}
          pending={end.isPending}
          onYes={() => end.mutate(undefined, { onSuccess: () => location.assign('/sign-in') })}
          onClose={() => setAsks(false)}
        />
      )}
    </Card>
  );
}
