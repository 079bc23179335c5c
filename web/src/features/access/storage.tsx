import { useQuery } from '@tanstack/react-query';
import { Card, Columns } from '../../design/card.tsx';
import { bytes, count } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { useMe } from './access-api.ts';
import styles from './settings.module.css';
import { type Usage, usageQuery } from './settings-api.ts';

const t = words.settings.storage;

/** What takes the space; for admins of the installation, since it is about all projects. */
export function Storage() {
  const me = useMe().data;
  const asked = useQuery({ ...usageQuery, enabled: me?.server_admin === true });
  if (me && !me.server_admin) {
    return (
      <Card>
        <Empty sentence={t.adminOnly} />
      </Card>
    );
  }
  return <Part of={asked}>{(usage) => <UsageCards usage={usage} />}</Part>;
}

function UsageCards({ usage: { projects, stored, disk } }: { readonly usage: Usage }) {
  const used = 1 - disk.free_bytes / Math.max(1, disk.bytes);
  const free = t.free(bytes(disk.free_bytes), bytes(disk.bytes));
  return (
    <>
      <Card>
        <p>{free}</p>
        <Meter label={free} share={used} color={used > 0.9 ? 'bad' : 'accent'} />
      </Card>
      <Columns widths="minmax(0, 1.4fr) minmax(0, 1fr)">
        <Card title={t.title} note={t.once} flush>
          <Table
            label={t.title}
            rows={projects}
            keyOf={({ project, kind }) => `${project} ${kind}`}
            columns={[
              { key: 'project', title: t.columns.project, cell: ({ project }) => <bdi className="name">{project}</bdi> },
              { key: 'kind', title: t.columns.kind, cell: ({ kind }) => kind },
              { key: 'files', title: t.columns.files, number: true, cell: ({ files }) => count(files) },
              { key: 'bytes', title: t.columns.bytes, number: true, cell: (row) => bytes(row.bytes) },
            ]}
          />
        </Card>
        <Card title={t.disk} note={t.note} flush>
          <Table
            label={t.disk}
            rows={stored.filter((row) => row.bytes > 0).toSorted((a, b) => b.bytes - a.bytes)}
            keyOf={({ what }) => what}
            columns={[
              { key: 'what', title: t.diskColumns.what, cell: ({ what }) => what },
              { key: 'bytes', title: t.diskColumns.bytes, number: true, cell: (row) => bytes(row.bytes) },
            ]}
          />
          <p className={`${styles['foot']} muted small`}>{t.backup}</p>
        </Card>
      </Columns>
    </>
  );
}
