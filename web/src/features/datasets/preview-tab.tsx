import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import styles from './datasets.module.css';
import { datasetsQueries, type Preview, previewRows } from './datasets-api.ts';
import type { TabProps } from './tab-props.ts';

/** What is longer is broken into lines. */
const wide_chars = 40;
const said = words.datasets.preview;

/** The rows themselves, a page at a time. */
export function PreviewTab({ project, version: { dataset, number } }: TabProps) {
  const [view, setView] = useView({ offset: 0 });
  const offset = Math.max(0, view.offset);
  const asked = useQuery({ ...datasetsQueries.preview(project, dataset, number, offset), placeholderData: keepPreviousData });
  return (
    <Part of={asked} height={500}>
      {(preview) => (
        <Card
          title={words.datasets.tabs.preview}
          note={said.range(
            count(Math.min(offset + 1, preview.total_rows)),
            count(Math.min(offset + preview.rows.length, preview.total_rows)),
            count(preview.total_rows),
          )}
          action={
            <>
              <Button
                variant="default"
                size="compact-sm"
                disabled={offset === 0}
                onClick={() => setView({ offset: Math.max(0, offset - previewRows) })}
              >
                {said.earlier}
              </Button>
              <Button
                variant="default"
                size="compact-sm"
                disabled={offset + previewRows >= preview.total_rows}
                onClick={() => setView({ offset: offset + previewRows })}
              >
                {said.later}
              </Button>
            </>
          }
          flush
        >
          {preview.rows.length === 0 ? <Empty sentence={said.empty} /> : <Rows preview={preview} offset={offset} />}
        </Card>
      )}
    </Part>
  );
}

/** Values as they are, not rounded: this is the data. */
function Rows({ preview: { columns, rows }, offset }: { readonly preview: Preview; readonly offset: number }) {
  return (
    <Table
      label={words.datasets.tabs.preview}
      rows={rows.map((values, index) => ({ at: offset + index + 1, values }))}
      keyOf={({ at }) => String(at)}
      columns={[
        { key: ' row', title: '#', number: true, cell: ({ at }) => <span className="muted">{count(at)}</span> },
        ...columns.map(({ name, type }, index) => ({
          key: name,
          title: <bdi className={name.length > wide_chars ? styles['long'] : 'name'}>{name}</bdi>,
          number: type === 'integer' || type === 'number',
          cell: ({ values }: { readonly values: Preview['rows'][number] }) => <Value value={values[index] ?? null} />,
        })),
      ]}
    />
  );
}

function Value({ value }: { readonly value: Preview['rows'][number][number] }) {
  if (value === null) return <span className="muted">–</span>;
  const text = String(value);
  return <bdi className={text.length > wide_chars ? styles['long'] : styles['short']}>{text}</bdi>;
}
