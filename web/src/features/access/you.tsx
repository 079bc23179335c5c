import { Button, PasswordInput, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { useSingleKeys } from '../../client/single-keys.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Part, Problem } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { type Me, useMe } from './access-api.ts';
import { programOf } from './agent.ts';
import { Ask } from './ask.tsx';
import styles from './settings.module.css';
import { type Session, sessionsQuery, useChange } from './settings-api.ts';

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
  const asked = useQuery(sessionsQuery);
  const end = useChange('access', () => client.access.signOutEverywhere());
  return (
    <Card title={t.sessions} note={asked.data?.length} flush>
      <Part of={asked} height={120}>
        {(sessions) => <SessionTable sessions={sessions} />}
      </Part>
      <div className={`${styles['column']} ${styles['foot']}`}>
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

function SessionTable({ sessions }: { readonly sessions: readonly Session[] }) {
  const end = useChange('access', (session: string) => client.access.endSession({ params: { session } }));
  const { columns } = t;
  return (
    <>
      <Table
        label={t.sessions}
        rows={sessions}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'program',
            title: columns.program,
            cell: ({ agent, made_at_ms }) => (
              <>
                <bdi className="name">{programOf(agent) ?? t.unknown}</bdi>
                <div className="second">
                  {t.signedIn} <Moment at_ms={made_at_ms} />
                </div>
              </>
            ),
          },
          { key: 'seen', title: columns.seen, number: true, cell: ({ seen_at_ms }) => <Moment at_ms={seen_at_ms} /> },
          {
            key: 'actions',
            title: columns.actions,
            number: true,
            cell: ({ id, present }) =>
              present ? (
                <Mark>{t.thisOne}</Mark>
              ) : (
                <Button size="compact-xs" variant="default" loading={end.isPending && end.variables === id} onClick={() => end.mutate(id)}>
                  {t.end}
                </Button>
              ),
          },
        ]}
      />
      {end.error && <Problem error={end.error} />}
    </>
  );
}
