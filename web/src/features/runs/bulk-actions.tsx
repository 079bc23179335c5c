import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconRestore, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { changes, type RunScope, readIds, useRunChange } from './runs-api.ts';

interface BulkProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly numbers: readonly number[];
  readonly onDone: () => void;
}

/** What one may do with several runs at once. */
export function BulkActions(props: BulkProps) {
  const { project, scope, onDone } = props;
  const [asks, dialog] = useDisclosure(false);
  const [tags, tagDialog] = useDisclosure(false);
  const archive = useRunChange(
    async () => changes.archive(project)(await readIds(project, scope, props.numbers)),
    () => {
      dialog.close();
      onDone();
    },
  );
  const restore = useRunChange(async () => changes.restore(project)(await readIds(project, scope, props.numbers)), onDone);
  return (
    <>
      <Allowed project={project} to="write">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconTag size={13} aria-hidden />}
          onClick={tagDialog.open}
          hidden={scope.deleted}
        >
          {words.runs.tag}
        </Button>
      </Allowed>
      <Allowed project={project} to="write">
        {scope.deleted ? (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconRestore size={13} aria-hidden />}
            loading={restore.isPending}
            onClick={() => restore.mutate()}
          >
            {words.runs.restore}
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" leftSection={<IconArchive size={13} aria-hidden />} onClick={dialog.open}>
            {words.runs.archive}
          </Button>
        )}
      </Allowed>
      {restore.error && <Problem error={restore.error} />}
      <Modal
        opened={asks}
        onClose={dialog.close}
        title={words.runs.archiveAsk(props.numbers.length)}
        closeButtonProps={{ 'aria-label': words.common.close }}
      >
        <p>{words.runs.archiveSays}</p>
        {archive.error && <Problem error={archive.error} />}
        <Button color="bad" mt="sm" loading={archive.isPending} onClick={() => archive.mutate()}>
          {words.runs.archive}
        </Button>
      </Modal>
      <TagDialog open={tags} onClose={tagDialog.close} project={project} runs={() => readIds(project, scope, props.numbers)} />
    </>
  );
}

export function TagDialog(props: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly project: string;
  readonly runs: () => Promise<readonly string[]>;
}) {
  const { open, onClose, project, runs } = props;
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const tag = useRunChange(async () => changes.tag(project)({ runs: await runs(), key, value }), onClose);
  return (
    <Modal opened={open} onClose={onClose} title={words.runs.setTag} closeButtonProps={{ 'aria-label': words.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tag.mutate();
        }}
      >
        <TextInput label={words.runs.tagKey} value={key} onChange={(event) => setKey(event.currentTarget.value)} data-autofocus />
        <TextInput label={words.runs.tagValue} value={value} onChange={(event) => setValue(event.currentTarget.value)} />
        {tag.error && <Problem error={tag.error} />}
        <Button type="submit" mt="sm" disabled={key.trim() === ''} loading={tag.isPending}>
          {words.runs.setTag}
        </Button>
      </form>
    </Modal>
  );
}
