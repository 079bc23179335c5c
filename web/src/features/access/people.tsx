import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { Card } from '../../design/card.tsx';
import { Part, Problem } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { type Member, membersQuery, useMe, useProject } from './access-api.ts';
import { Allowed } from './allowed.tsx';
import { Ask } from './ask.tsx';
import styles from './settings.module.css';
import { useChange } from './settings-api.ts';
import { SignInLinkButton } from './sign-in-link.tsx';

const t = words.settings.people;
type Role = Member['role'];
const roles = Object.entries(words.settings.roles).map(([value, label]) => ({ value, label }));

/** Who may do what in the project. */
export function People({ project }: { readonly project: string }) {
  const asked = useQuery(membersQuery(project));
  return (
    <>
      <Card title={t.title} note={asked.data?.length} flush>
        <Part of={asked} height={200}>
          {(members) => <PeopleTable project={project} members={members} />}
        </Part>
      </Card>
      <AddPerson project={project} />
    </>
  );
}

function PeopleTable({ project, members }: { readonly project: string; readonly members: readonly Member[] }) {
  const [changed, setChanged] = useState<Readonly<Record<string, Member>>>({});
  const [leaving, setLeaving] = useState<Member | null>(null);
  const me = useMe().data;
  const mayChange = useProject(project).permissions.includes('admin');
  const save = useChange('access', ({ person, role, execute, clock }: Member) =>
    client.access.setMember({ params: { project, person }, body: { role, execute, clock } }),
  );
  const remove = useChange('access', (person: string) => client.access.removeMember({ params: { project, person } }));
  const of = (member: Member) => changed[member.person] ?? member;
  const set = (member: Member, change: Partial<Member>) => setChanged({ ...changed, [member.person]: { ...of(member), ...change } });
  const forget = ({ person }: Member) => setChanged(Object.fromEntries(Object.entries(changed).filter(([key]) => key !== person)));
  const box = (member: Member, right: 'execute' | 'clock', label: string) => (
    <Checkbox
      aria-label={label}
      checked={of(member)[right]}
      disabled={!mayChange}
      onChange={(event) => set(member, { [right]: event.currentTarget.checked })}
    />
  );
  return (
    <>
      <Table
        label={t.title}
        rows={members}
        keyOf={({ person }) => person}
        columns={[
          {
            key: 'name',
            title: t.columns.name,
            cell: ({ name, person }) => (
              <>
                <bdi className="name">{name}</bdi> {me?.person === person && <Mark>{t.you}</Mark>}
              </>
            ),
          },
          { key: 'email', title: t.columns.email, cell: ({ email }) => <bdi className="name second">{email ?? t.noEmail}</bdi> },
          {
            key: 'role',
            title: t.columns.role,
            cell: (member) => (
              <Select
                size="xs"
                w={150}
                aria-label={t.roleOf(member.name)}
                data={roles}
                value={of(member).role}
                disabled={!mayChange}
                allowDeselect={false}
                onChange={(role) => role && set(member, { role: role as Role })}
              />
            ),
          },
          { key: 'execute', title: t.columns.execute, cell: (member) => box(member, 'execute', t.mayExecute(member.name)) },
          { key: 'clock', title: t.columns.clock, cell: (member) => box(member, 'clock', t.mayClock(member.name)) },
          {
            key: 'actions',
            title: t.columns.actions,
            number: true,
            cell: (member) => (
              <div className={styles['rowButtons']}>
                {changed[member.person] && (
                  <Button
                    size="compact-xs"
                    loading={save.isPending}
                    onClick={() => save.mutate(of(member), { onSuccess: () => forget(member) })}
                  >
                    {t.save}
                  </Button>
                )}
                {me?.server_admin === true && <SignInLinkButton project={project} person={member.person} />}
                <Allowed project={project} to="admin">
                  <Button size="compact-xs" variant="default" onClick={() => setLeaving(member)}>
                    {t.remove}
                  </Button>
                </Allowed>
              </div>
            ),
          },
        ]}
      />
      {save.error && <Problem error={save.error} />}
      {leaving && (
        <Ask
          title={t.removeTitle(leaving.name)}
          text={t.removeText}
          button={t.removeButton}
          error={remove.error}
          pending={remove.isPending}
          onYes={() => remove.mutate(leaving.person, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  );
}

function AddPerson({ project }: { readonly project: string }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('contributor');
  const add = useChange('access', () => client.access.addMember({ params: { project }, body: { email, role } }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(undefined, { onSuccess: () => setEmail('') });
  };
  return (
    <Card title={t.add} note={t.addText}>
      <form className={styles['form']} onSubmit={send}>
        <TextInput
          size="xs"
          label={t.email}
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t.role}
          data={roles.map(({ value, label }) => ({ value, label: `${label}: ${words.settings.rolesText[value as Role]}` }))}
          w={330}
          value={role}
          allowDeselect={false}
          onChange={(value) => value && setRole(value as Role)}
        />
        <Allowed project={project} to="admin">
          <Button type="submit" loading={add.isPending}>
            {t.addButton}
          </Button>
        </Allowed>
      </form>
      {add.error && <Problem error={add.error} />}
    </Card>
  );
}
