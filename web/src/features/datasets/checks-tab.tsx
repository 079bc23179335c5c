import { Card } from '../../design/card.tsx';
import { Empty } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import type { TabProps } from './tab-props.ts';
import { checkName, checksMark } from './told.ts';

const { columns, checks: said } = words.datasets;

/** What was expected of the data and what was found; what fails comes first. */
export function ChecksTab({ version: { checks } }: TabProps) {
  const failed = checks.filter(({ holds }) => !holds).length;
  return (
    <Card title={columns.checks} note={checks.length > 0 ? checksMark({ all: checks.length, failed }).text : undefined} flush>
      {checks.length === 0 ? (
        <Empty sentence={said.empty} />
      ) : (
        <Table
          label={columns.checks}
          rows={checks.toSorted((a, b) => Number(a.holds) - Number(b.holds))}
          keyOf={({ check, column }) => `${check} ${column ?? ''}`}
          columns={[
            {
              key: 'state',
              title: columns.state,
              cell: ({ holds }) => <Status kind={holds ? 'good' : 'bad'}>{holds ? said.holds : said.fails}</Status>,
            },
            {
              key: 'column',
              title: columns.column,
              cell: ({ column }) => (column === null ? <span className="muted">{said.table}</span> : <bdi className="name">{column}</bdi>),
            },
            { key: 'check', title: columns.check, cell: ({ check }) => checkName(check) },
            { key: 'found', title: columns.found, cell: ({ found }) => <bdi className="name">{found}</bdi> },
            { key: 'expected', title: columns.expected, cell: ({ expected }) => <bdi className="name">{expected}</bdi> },
          ]}
        />
      )}
    </Card>
  );
}
