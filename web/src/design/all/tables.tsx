import { useState } from 'react';
import { Card, Columns } from '../card.tsx';
import { metric } from '../numbers.ts';
import { Shares } from '../shares.tsx';
import { Status } from '../status.tsx';
import { Table } from '../table.tsx';
import { Tabs } from '../tabs.tsx';
import { chance, hardNames } from './made.ts';

const shares = [0.41, 0.3, 0.18, 0.08, 0.0002];

/** Small tables with names that do not behave, shares, tabs. */
export function AllTables() {
  const [tab, setTab] = useState<'rows' | 'checks' | 'lineage'>('rows');
  return (
    <Columns widths="2fr 1fr">
      <Card title="A table" note={hardNames.length} flush>
        <Table
          label="Names that people type"
          rows={hardNames}
          keyOf={(name) => name}
          chosen={(name) => name === hardNames[0]}
          columns={[
            { key: 'name', title: 'Name', cell: (name) => <bdi className="name">{name}</bdi> },
            { key: 'state', title: 'State', cell: () => <Status kind="good">Holds</Status> },
            { key: 'value', title: 'Value', number: true, cell: (name) => metric(chance(name.length)) },
          ]}
        />
      </Card>
      <Card title="Tabs and shares">
        <Tabs
          tabs={[
            { name: 'rows', label: 'Rows', count: 57_127 },
            { name: 'checks', label: 'Checks' },
            { name: 'lineage', label: 'Lineage' },
          ]}
          open={tab}
          onOpen={setTab}
        />
        <div style={{ marginTop: 12 }}>
          <Shares
            label="Values of a column"
            rows={hardNames.map((name, index) => ({
              name,
              amount: Math.round(57_127 * (shares[index] ?? 0)),
              share: shares[index] ?? 0,
              isRest: index === hardNames.length - 1,
            }))}
          />
        </div>
      </Card>
    </Columns>
  );
}
