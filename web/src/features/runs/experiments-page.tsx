import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { changes, type Experiment, experimentsQuery, useRunChange } from './runs-api.ts';

/** What is being tried, and where it goes on. */
export function ExperimentsPage() {
  const { project } = useNames('project');
  const asked = useQuery(experimentsQuery(project));
  const items = asked.data?.items;
  const sum = (pick: (one: Experiment) => number) => items?.reduce((total, one) => total + pick(one), 0) ?? 0;
  return (
    <Page
      title={words.runs.experiments}
      sentence={
        items && items.length > 0
          ? words.runs.experimentsSentence(items.length, count(sum(({ runs }) => runs)), count(sum(({ running }) => running)))
          : undefined
      }
      actions={<CreateExperiment project={project} />}
    >
      <Card flush>
        <Part of={asked}>
          {({ items }) =>
            items.length === 0 ? <Empty sentence={words.runs.noExperiments} /> : <Experiments project={project} items={items} />
          }
        </Part>
      </Card>
    </Page>
  );
}

function Experiments({ project, items }: { readonly project: string; readonly items: readonly Experiment[] }) {
  return (
    <Table
      label={words.runs.experiments}
      rows={items}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          title: words.runs.experiment,
          cell: ({ id, name }) => (
            <Link to="/p/$project/experiments/$experiment" params={{ project, experiment: id }} className="name">
              {name}
            </Link>
          ),
        },
        {
          key: 'runs',
          title: words.shell.places.experiments,
          number: true,
          cell: ({ runs }) => words.runs.amount(count(runs), runs === 1),
        },
        {
          key: 'running',
          title: words.runs.running,
          cell: ({ running }) => (running > 0 ? <Status kind="running">{count(running)}</Status> : <span className="muted">–</span>),
        },
        { key: 'newest', title: words.runs.newest, cell: ({ newest_ms }) => <Moment at_ms={newest_ms} /> },
        { key: 'created', title: words.runs.created, cell: ({ created_at_ms }) => <Moment at_ms={created_at_ms} only="day" /> },
      ]}
    />
  );
}

function CreateExperiment({ project }: { readonly project: string }) {
  const [open, dialog] = useDisclosure(false);
  const [name, setName] = useState('');
  const create = useRunChange(changes.createExperiment(project), () => {
    setName('');
    dialog.close();
  });
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="default" onClick={dialog.open}>
          {words.runs.createExperiment}
        </Button>
      </Allowed>
      <Modal
        opened={open}
        onClose={dialog.close}
        title={words.runs.createExperiment}
        closeButtonProps={{ 'aria-label': words.common.close }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate(name);
          }}
        >
          <TextInput
            label={words.runs.experimentName}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          {create.error && <Problem error={create.error} />}
          <Button type="submit" mt="sm" disabled={name.trim() === ''} loading={create.isPending}>
            {words.runs.create}
          </Button>
        </form>
      </Modal>
    </>
  );
}
