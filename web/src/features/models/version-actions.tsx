import { Button } from '@mantine/core';
import { IconArchive, IconDownload, IconRocket, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { AliasDialog } from './alias-dialog.tsx';
import { DeployDialog } from './deploy-dialog.tsx';
import { fileAddress } from './models-api.ts';
import { RetireDialog } from './retire-dialog.tsx';
import type { VersionTabProps } from './version-tab.ts';

const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;
const { actions } = words.models;

export function VersionActions(props: VersionTabProps) {
  const { project, version } = props;
  const [open, setOpen] = useState<'deploy' | 'alias' | 'retire'>();
  const dialog = { ...props, onClose: () => setOpen(undefined) };
  const file = version.files.find(({ path }) => path === 'model.onnx') ?? version.files[0];
  return (
    <>
      {file && (
        <Button
          component="a"
          variant="default"
          href={fileAddress(project, version.model, version.number, file.path)}
          download={`${version.model}-${version.number}.onnx`}
          leftSection={<IconDownload {...icon} />}
        >
          {actions.download}
        </Button>
      )}
      <Allowed project={project} to="write">
        <Button variant="default" leftSection={<IconTag {...icon} />} onClick={() => setOpen('alias')}>
          {actions.alias}
        </Button>
      </Allowed>
      {version.retired_at_ms === null && (
        <>
          <Allowed project={project} to="write">
            <Button variant="default" leftSection={<IconArchive {...icon} />} onClick={() => setOpen('retire')}>
              {actions.retire(version.number)}
            </Button>
          </Allowed>
          <Allowed project={project} to="write">
            <Button leftSection={<IconRocket {...icon} />} onClick={() => setOpen('deploy')}>
              {actions.deploy(version.number)}
            </Button>
          </Allowed>
        </>
      )}
      {open === 'deploy' && <DeployDialog {...dialog} />}
      {open === 'alias' && <AliasDialog {...dialog} />}
      {open === 'retire' && <RetireDialog {...dialog} />}
    </>
  );
}
