import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Mark } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { named } from './profile.ts';
import type { TabProps } from './tab-props.ts';
import { checkName } from './told.ts';

const { columns, roles, types, profile } = words.datasets;
const page = 200;

/** What each column means: its type, role and unit, and what must hold of it. */
export function SchemaTab({ version: { schema, checks } }: TabProps) {
  const [view, setView] = useView({ find: '' });
  const [most, setMost] = useState(page);
  const found = named(schema, view.find);
  const hasOutcomeOnly = schema.some(({ role }) => role === 'outcome only');
  return (
    <Card
      title={words.datasets.tabs.schema}
      note={hasOutcomeOnly ? words.datasets.rolesNote : undefined}
      action={
        <TextInput
          size="xs"
          aria-label={profile.find}
          placeholder={profile.find}
          value={view.find}
          onChange={({ currentTarget }) => setView({ find: currentTarget.value }, { replace: true })}
        />
      }
      flush
    >
      <Table
        label={words.datasets.tabs.schema}
        rows={found.slice(0, most)}
        keyOf={({ name }) => name}
        columns={[
          { key: 'column', title: columns.column, cell: ({ name }) => <bdi className="name">{name}</bdi> },
          { key: 'type', title: columns.type, cell: ({ type }) => types[type] },
          { key: 'role', title: columns.role, cell: ({ role }) => <Mark accent={role === 'target'}>{roles[role]}</Mark> },
          { key: 'unit', title: columns.unit, cell: ({ unit }) => <bdi className="name">{unit ?? '–'}</bdi> },
          { key: 'nullable', title: columns.nullable, cell: ({ nullable }) => (nullable ? words.datasets.yes : words.datasets.no) },
          {
            key: 'checks',
            title: columns.checks,
            cell: ({ name }) =>
              checks
                .filter(({ column }) => column === name)
                .map(({ check, expected }) => `${checkName(check)}: ${expected}`)
                .join('; ') || '–',
          },
        ]}
      />
      {found.length > most && (
        <Button variant="subtle" m={8} onClick={() => setMost(most + page)}>
          {profile.more} ({count(found.length - most)})
        </Button>
      )}
    </Card>
  );
}
