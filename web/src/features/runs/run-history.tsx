import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { eventsQuery } from '../audit/audit-api.ts';

/** Every change of state of the run, from the audit trail. */
export function RunHistory({ project, run }: { readonly project: string; readonly run: string }) {
  const asked = useQuery(eventsQuery(project, { subject: `run ${run}` }, 200));
  return (
    <Card title={words.runs.tabs.history} flush>
      <Part of={asked}>
        {(events) =>
          events.length === 0 ? (
            <Empty sentence={words.runs.noHistory} />
          ) : (
            <Table
              label={words.runs.tabs.history}
              rows={events}
              keyOf={({ number }) => String(number)}
              columns={[
                { key: 'when', title: words.runs.when, cell: ({ at_ms }) => <Moment at_ms={at_ms} /> },
                { key: 'what', title: words.runs.what, cell: ({ type }) => <code>{type}</code> },
                { key: 'who', title: words.runs.who, cell: ({ caller }) => <span className="name">{caller.name}</span> },
                { key: 'note', title: words.runs.note, cell: ({ note, after }) => <span className="name">{note ?? facts(after)}</span> },
              ]}
            />
          )
        }
      </Part>
    </Card>
  );
}

function facts(after: unknown): string {
  if (typeof after !== 'object' || after === null) return '';
  return Object.entries(after)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
