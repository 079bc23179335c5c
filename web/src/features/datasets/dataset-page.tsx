import { Button, Modal } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { Card, Columns } from '../../design/card.tsx';
import { useSingleKeys } from '../../design/grid/single-keys.ts';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Mark, Status } from '../../design/status.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { words } from '../../words/index.ts';
import { AddVersion } from './add-version.tsx';
import { ChecksTab } from './checks-tab.tsx';
import { type Dataset, datasetsQueries } from './datasets-api.ts';
import { DifferenceTab } from './difference-tab.tsx';
import { LineageTab } from './lineage-tab.tsx';
import { PreviewTab } from './preview-tab.tsx';
import { ProfileTab } from './profile-tab.tsx';
import { SchemaTab } from './schema-tab.tsx';
import type { TabProps } from './tab-props.ts';
import { checksMark, versionSentence } from './told.ts';
import { VersionList } from './version-list.tsx';

type TabName = keyof typeof words.datasets.tabs;

/** May I trust this version, and use it? */
export function DatasetPage() {
  const { project, dataset: name } = useNames('project', 'dataset');
  const asked = useQuery(datasetsQueries.list(project));
  const dataset = asked.data?.find((one) => one.name === name);
  if (dataset?.latest) return <Shown key={name} project={project} dataset={dataset} latest={dataset.latest.number} />;
  if (dataset) return <NoVersion project={project} dataset={dataset} />;
  return (
    <Page title={name}>
      <Part of={asked} height={400}>
        {() => <p>{words.datasets.page.unknown}</p>}
      </Part>
    </Page>
  );
}

function NoVersion({ project, dataset }: { readonly project: string; readonly dataset: Dataset }) {
  return (
    <Page title={dataset.name} sentence={words.datasets.page.noVersion}>
      <Card title={words.datasets.add.title}>
        <AddVersion project={project} datasets={[dataset]} dataset={dataset.name} />
      </Card>
    </Page>
  );
}

interface ShownProps {
  readonly project: string;
  readonly dataset: Dataset;
  readonly latest: number;
}

function Shown({ project, dataset, latest }: ShownProps) {
  const { name, retired } = dataset;
  const [view, setView] = useView({ version: 0, tab: 'profile' });
  const number = view.version > 0 ? view.version : latest;
  const tab: TabName = view.tab in words.datasets.tabs ? (view.tab as TabName) : 'profile';
  const asked = useQuery(datasetsQueries.version(project, name, number));
  useSingleKeys({ d: () => setView({ tab: 'difference' }) });
  const failed = asked.data?.checks.filter(({ holds }) => !holds).length ?? 0;
  const mark = asked.data && checksMark({ all: asked.data.checks.length, failed });
  return (
    <Page
      title={words.datasets.named(name, number)}
      marks={
        <>
          {retired && <Mark>{words.datasets.retired}</Mark>}
          {mark && <Status kind={mark.kind}>{`${words.datasets.columns.checks}: ${mark.text}`}</Status>}
        </>
      }
      sentence={asked.data && <span className="name">{versionSentence(asked.data, latest)}</span>}
      actions={!retired && <AddButton project={project} dataset={dataset} />}
      tabs={
        <Tabs
          open={tab}
          onOpen={(next) => setView({ tab: next })}
          tabs={Object.entries(words.datasets.tabs).map(([one, label]) => ({
            name: one as TabName,
            label,
            ...(one === 'schema' && asked.data ? { count: asked.data.schema.length } : {}),
            ...(one === 'checks' && asked.data ? { count: asked.data.checks.length } : {}),
          }))}
        />
      }
    >
      <Columns widths="minmax(0, 1fr) minmax(0, 4.6fr)">
        <VersionList project={project} dataset={name} chosen={number} onChoose={(version) => setView({ version })} />
        <Part of={asked} height={400}>
          {(version) => <Tab project={project} version={version} tab={tab} />}
        </Part>
      </Columns>
    </Page>
  );
}

const parts: Readonly<Record<TabName, (props: TabProps) => React.ReactNode>> = {
  profile: ProfileTab,
  schema: SchemaTab,
  checks: ChecksTab,
  difference: DifferenceTab,
  lineage: LineageTab,
  preview: PreviewTab,
};

function Tab({ project, version, tab }: TabProps & { readonly tab: TabName }) {
  const Shown = parts[tab];
  return <Shown key={`${version.id} ${tab}`} project={project} version={version} />;
}

const raised = { background: 'var(--s-raised)' };

function AddButton({ project, dataset }: { readonly project: string; readonly dataset: Dataset }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />} onClick={() => setOpen(true)}>
        {words.datasets.add.button}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={words.datasets.add.title}
        size="lg"
        // Mantine locks the page behind by a style that our policy refuses.
        lockScroll={false}
        closeButtonProps={{ 'aria-label': words.common.close }}
        styles={{ content: raised, header: raised }}
      >
        <AddVersion project={project} datasets={[dataset]} dataset={dataset.name} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}
