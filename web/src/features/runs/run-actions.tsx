import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { IconBox, IconColumns3, IconDots, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { useProject } from '../access/access-api.ts';
import { Allowed } from '../access/allowed.tsx';
import type { ListedVersion } from '../models/models-api.ts';
import { TagDialog } from './bulk-actions.tsx';
import { OpenVersion, RegisterDialog } from './register.tsx';
import { modelFilesOf } from './registering.ts';
import { tagOf } from './run-view.ts';
import { type Artifact, changes, type RunDetail, useRunChange } from './runs-api.ts';

export interface RunActionsProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly artifacts: readonly Artifact[];
  readonly version: ListedVersion | null;
}

type Dialog = 'rename' | 'tag' | 'archive' | 'stop' | 'register';

/** What one may do with a run, as far as it makes sense for this one. */
export function RunActions({ project, run, artifacts, version }: RunActionsProps) {
  const [open, setOpen] = useState<Dialog | null>(null);
  const close = () => setOpen(null);
  const models = modelFilesOf(artifacts);
  const isActive = run.lifecycle === 'active';
  const canStop = isActive && run.status === 'running' && run.execution_id !== null;
  return (
    <>
      {canStop && (
        <Allowed project={project} to="write">
          <Button variant="default" leftSection={<IconPlayerStop size={15} aria-hidden />} onClick={() => setOpen('stop')}>
            {words.runs.stop}
          </Button>
        </Allowed>
      )}
      <ButtonLink
        variant="default"
        leftSection={<IconColumns3 size={15} aria-hidden />}
        to="/p/$project/compare"
        params={{ project }}
        search={{ runs: run.id } as never}
      >
        {words.runs.compare(0)}
      </ButtonLink>
      {version && <OpenVersion project={project} version={version} />}
      {!version && models.length > 0 && isActive && run.status === 'finished' && (
        <Allowed project={project} to="write">
          <Button leftSection={<IconBox size={15} aria-hidden />} onClick={() => setOpen('register')}>
            {words.runs.register}
          </Button>
        </Allowed>
      )}
      <More project={project} isActive={isActive} run={run} onOpen={setOpen} />
      <Rename key={run.name} project={project} run={run} open={open === 'rename'} onClose={close} />
      <TagDialog project={project} open={open === 'tag'} onClose={close} runs={async () => [run.id]} />
      <Ask
        open={open === 'archive'}
        onClose={close}
        title={words.runs.archiveAsk(1)}
        says={words.runs.archiveSays}
        button={words.runs.archive}
        change={async () => changes.archive(project)([run.id])}
      />
      <Ask
        open={open === 'stop'}
        onClose={close}
        title={words.runs.stopAsk}
        says={words.runs.stopSays(tagOf(run, 'slipway.pipeline') ?? run.execution_id ?? '')}
        button={words.runs.stopIt}
        change={() => changes.stop(project)(run.execution_id ?? '')}
      />
      {open === 'register' && <RegisterDialog project={project} run={run} models={models} onClose={close} />}
    </>
  );
}

function More(props: {
  readonly project: string;
  readonly isActive: boolean;
  readonly run: RunDetail;
  readonly onOpen: (dialog: Dialog) => void;
}) {
  const { project, isActive, run, onOpen } = props;
  const mayWrite = useProject(project).permissions.includes('write');
  const restore = useRunChange(() => changes.restore(project)([run.id]));
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <Button variant="default" px={8} aria-label={words.common.more}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!mayWrite && <Menu.Label>{words.common.notAllowed('write', project)}</Menu.Label>}
          {isActive ? (
            (['rename', 'tag', 'archive'] as const).map((dialog) => (
              <Menu.Item key={dialog} disabled={!mayWrite} onClick={() => onOpen(dialog)}>
                {dialog === 'tag' ? words.runs.setTag : words.runs[dialog]}
              </Menu.Item>
            ))
          ) : (
            <Menu.Item disabled={!mayWrite} onClick={() => restore.mutate(undefined)}>
              {words.runs.restore}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {restore.error && <Problem error={restore.error} />}
    </>
  );
}

interface AskProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly says: string;
  readonly button: string;
  readonly change: () => Promise<unknown>;
}

/** Asks once and says what happens. */
function Ask({ open, onClose, title, says, button, change }: AskProps) {
  const asked = useRunChange(change, onClose);
  return (
    <Modal opened={open} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': words.common.close }}>
      <p className="name">{says}</p>
      {asked.error && <Problem error={asked.error} />}
      <Button color="bad" mt="sm" loading={asked.isPending} onClick={() => asked.mutate(undefined)}>
        {button}
      </Button>
    </Modal>
  );
}

function Rename({
  project,
  run,
  open,
  onClose,
}: {
  readonly project: string;
  readonly run: RunDetail;
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(run.name);
  const rename = useRunChange(changes.rename(project, run.id), onClose);
  return (
    <Modal opened={open} onClose={onClose} title={words.runs.rename} closeButtonProps={{ 'aria-label': words.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(name);
        }}
      >
        <TextInput label={words.runs.renameTo} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        {rename.error && <Problem error={rename.error} />}
        <Button type="submit" mt="sm" disabled={name.trim() === '' || name === run.name} loading={rename.isPending}>
          {words.runs.save}
        </Button>
      </form>
    </Modal>
  );
}
