import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { Card } from '../../design/card.tsx';
import { Older } from '../../design/older.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { Mark, Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { usePersonName } from './access-api.ts';
import { Allowed } from './allowed.tsx';
import { Ask } from './ask.tsx';
import styles from './settings.module.css';
import { deliveriesQuery, type Receiver, receiversQuery, useChange } from './settings-api.ts';

const t = words.settings.receivers;
const kinds = { waiting: 'running', delivered: 'good', failed: 'bad' } as const;

/** Who is told of incidents, and what became of the messages. */
export function Receivers({ project }: { readonly project: string }) {
  const asked = useQuery(receiversQuery(project));
  return (
    <>
      <Card title={t.title} note={asked.data?.length} flush>
        <Part of={asked} height={120}>
          {(receivers) =>
            receivers.length === 0 ? <Empty sentence={t.none} /> : <ReceiverTable project={project} receivers={receivers} />
          }
        </Part>
      </Card>
      <AddReceiver project={project} />
      <Deliveries project={project} />
    </>
  );
}

function ReceiverTable({ project, receivers }: { readonly project: string; readonly receivers: readonly Receiver[] }) {
  const [ending, setEnding] = useState<string | null>(null);
  const nameOf = usePersonName(project);
  const retire = useChange('notifications', (receiver: string) => client.notifications.retire({ params: { project, receiver } }));
  return (
    <>
      <Table
        label={t.title}
        rows={receivers}
        keyOf={({ name }) => name}
        columns={[
          {
            key: 'name',
            title: t.columns.name,
            cell: ({ name, retired }) => (
              <>
                <bdi className="name">{name}</bdi> {retired && <Mark>{t.retired}</Mark>}
              </>
            ),
          },
          { key: 'address', title: t.columns.address, cell: ({ definition }) => <bdi className="name mono">{definition.webhook}</bdi> },
          {
            key: 'set',
            title: t.columns.set,
            cell: ({ managed_by, person }) => (
              <span className="name" title={managed_by === 'file' ? t.fileText : undefined}>
                {t[managed_by]} {person !== null && <bdi className="second">{t.by(nameOf(person))}</bdi>}
              </span>
            ),
          },
          { key: 'revision', title: t.columns.revision, number: true, cell: ({ revision }) => revision },
          {
            key: 'actions',
            title: t.columns.actions,
            number: true,
            cell: ({ name, retired }) =>
              !retired && (
                <Allowed project={project} to="admin">
                  <Button size="compact-xs" variant="default" onClick={() => setEnding(name)}>
                    {t.retire}
                  </Button>
                </Allowed>
              ),
          },
        ]}
      />
      {ending !== null && (
        <Ask
          title={t.retireTitle(ending)}
          text={t.retireText}
          button={t.retireButton}
          error={retire.error}
          pending={retire.isPending}
          onYes={() => retire.mutate(ending, { onSuccess: () => setEnding(null) })}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

function AddReceiver({ project }: { readonly project: string }) {
  const [receiver, setReceiver] = useState('');
  const [webhook, setWebhook] = useState('');
  const save = useChange('notifications', () => client.notifications.define({ params: { project, receiver }, body: { webhook } }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card title={t.add} note={t.fileText}>
      <form className={styles['form']} onSubmit={send}>
        <TextInput
          size="xs"
          label={t.name}
          required
          maxLength={100}
          value={receiver}
          onChange={(event) => setReceiver(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t.webhook}
          description={t.hint}
          type="url"
          required
          w={420}
          maw="100%"
          value={webhook}
          onChange={(event) => setWebhook(event.currentTarget.value)}
        />
        <Allowed project={project} to="admin">
          <Button type="submit" loading={save.isPending}>
            {t.save}
          </Button>
        </Allowed>
      </form>
      {save.error && <Problem error={save.error} />}
    </Card>
  );
}

function Deliveries({ project }: { readonly project: string }) {
  const asked = useInfiniteQuery(deliveriesQuery(project));
  return (
    <Card title={t.deliveries} flush>
      <Part of={asked} height={160}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty sentence={t.noDeliveries} />;
          return (
            <>
              <Table
                label={t.deliveries}
                rows={rows}
                keyOf={({ id }) => id}
                columns={[
                  { key: 'at', title: t.deliveryColumns.at, cell: ({ created_at_ms }) => <Moment at_ms={created_at_ms} /> },
                  { key: 'receiver', title: t.deliveryColumns.receiver, cell: ({ receiver }) => <bdi className="name">{receiver}</bdi> },
                  { key: 'what', title: t.deliveryColumns.what, cell: ({ event_type, event }) => `${event_type} (${event})` },
                  {
                    key: 'state',
                    title: t.deliveryColumns.state,
                    cell: ({ state }) => <Status kind={kinds[state]}>{t.states[state]}</Status>,
                  },
                  { key: 'attempts', title: t.deliveryColumns.attempts, number: true, cell: ({ attempts }) => attempts },
                  {
                    key: 'answer',
                    title: t.deliveryColumns.answer,
                    cell: ({ last_status, last_error }) => <bdi className="name second">{last_error ?? last_status ?? '–'}</bdi>,
                  },
                ]}
              />
              <Older of={asked} />
            </>
          );
        }}
      </Part>
    </Card>
  );
}
