import { Button, Checkbox, CopyButton, NumberInput, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { Card } from '../../design/card.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { type Permission, useMe, useProject } from './access-api.ts';
import { Ask } from './ask.tsx';
import styles from './settings.module.css';
import { type Token, tokensQuery, useChange } from './settings-api.ts';

const t = words.settings.tokens;
const { rights } = words.settings;

/** Tokens of whoever looks: made, listed, revoked. A secret is shown once. */
export function Tokens({ project }: { readonly project: string }) {
  const auth = useMe().data?.auth;
  const asked = useQuery(tokensQuery);
  if (auth === false) {
    return (
      <Card>
        <Empty sentence={t.noneHere} />
      </Card>
    );
  }
  return (
    <>
      <Card title={t.title} note={asked.data?.length} flush>
        <Part of={asked} height={160}>
          {(tokens) => (tokens.length === 0 ? <Empty sentence={t.none} /> : <TokenTable tokens={tokens} />)}
        </Part>
      </Card>
      <MakeToken project={project} />
    </>
  );
}

function TokenTable({ tokens }: { readonly tokens: readonly Token[] }) {
  const [ending, setEnding] = useState<Token | null>(null);
  const revoke = useChange('access', (token: string) => client.access.revokeToken({ params: { token } }));
  const { columns } = t;
  return (
    <>
      <Table
        label={t.title}
        rows={tokens}
        keyOf={({ id }) => id}
        columns={[
          { key: 'name', title: columns.name, cell: ({ name }) => <bdi className="name">{name}</bdi> },
          { key: 'scope', title: columns.scope, cell: (token) => <bdi className="name">{token.project ?? t.everywhere}</bdi> },
          { key: 'rights', title: columns.rights, cell: ({ permissions }) => permissions.map((one) => rights[one]).join(', ') },
          { key: 'made', title: columns.made, number: true, cell: ({ made_at_ms }) => <Moment at_ms={made_at_ms} /> },
          {
            key: 'used',
            title: columns.used,
            number: true,
            cell: ({ used_at_ms }) => (used_at_ms === null ? <span className="muted">{t.never}</span> : <Moment at_ms={used_at_ms} />),
          },
          {
            key: 'expires',
            title: columns.expires,
            number: true,
            cell: ({ expires_at_ms }) => <Moment at_ms={expires_at_ms} only="day" />,
          },
          {
            key: 'actions',
            title: columns.actions,
            number: true,
            cell: (token) => (
              <Button size="compact-xs" variant="default" onClick={() => setEnding(token)}>
                {t.revoke}
              </Button>
            ),
          },
        ]}
      />
      {ending && (
        <Ask
          title={t.revokeTitle(ending.name)}
          text={t.revokeText}
          button={t.revokeButton}
          error={revoke.error}
          pending={revoke.isPending}
          onYes={() => revoke.mutate(ending.id, { onSuccess: () => setEnding(null) })}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

const usualDays = 90;
const mostDays = 366;

function MakeToken({ project }: { readonly project: string }) {
  const { permissions } = useProject(project);
  const [name, setName] = useState('');
  const [scope, setScope] = useState('here');
  const [wanted, setChosen] = useState<readonly Permission[]>(['read', 'write', 'predict']);
  // A token can be given no more than its maker holds.
  const chosen = wanted.filter((one) => permissions.includes(one));
  const [days, setDays] = useState(usualDays);
  const make = useChange('access', () =>
    client.access.createToken({
      body: { name, permissions: [...chosen], expires_in_days: days, ...(scope === 'here' ? { project } : {}) },
    }),
  );
  const send = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(undefined, { onSuccess: () => setName('') });
  };
  if (make.data) return <Secret secret={make.data.secret} onDone={make.reset} />;
  return (
    <Card title={t.make}>
      <form className={styles['column']} onSubmit={send}>
        <TextInput
          className={styles['wide'] ?? ''}
          label={t.name}
          description={t.nameHint}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          className={styles['wide'] ?? ''}
          label={t.scope}
          data={[
            { value: 'here', label: t.here(project) },
            { value: 'everywhere', label: t.everywhere },
          ]}
          value={scope}
          allowDeselect={false}
          onChange={(value) => setScope(value ?? 'here')}
        />
        <Checkbox.Group label={t.rights} value={[...chosen]} onChange={(value) => setChosen(value as Permission[])}>
          <div className={styles['rights']}>
            {permissions.map((one) => (
              <Checkbox key={one} value={one} label={rights[one]} />
            ))}
          </div>
        </Checkbox.Group>
        <NumberInput
          label={t.days}
          min={1}
          max={mostDays}
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Math.min(mostDays, Math.max(1, Number(value) || usualDays)))}
        />
        {make.error && <Problem error={make.error} />}
        <Button type="submit" loading={make.isPending} disabled={chosen.length === 0}>
          {t.makeButton}
        </Button>
      </form>
    </Card>
  );
}

function Secret({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  return (
    <Card title={t.madeTitle}>
      <div className={styles['column']} role="status">
        <p>{t.madeText}</p>
        <code className={styles['secret']}>{secret}</code>
        <div className={styles['rowButtons']}>
          <CopyButton value={secret}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? words.common.copied : t.copy}</Button>}
          </CopyButton>
          <Button variant="default" onClick={onDone}>
            {t.done}
          </Button>
        </div>
      </div>
    </Card>
  );
}
