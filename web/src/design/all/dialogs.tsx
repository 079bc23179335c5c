import { Button, Checkbox, Menu, NumberInput, Select, Switch, TextInput, Tooltip } from '@mantine/core';
import { SlipwayApiError } from '@slipway/sdk';
import { useState } from 'react';
import { Ask } from '../ask.tsx';
import { Card } from '../card.tsx';
import styles from './design.module.css';

const refused = new SlipwayApiError(
  409,
  { code: 'version_retired', message: 'Version 1 of delay is retired.', todo: 'Choose another version.' },
  null,
);

const kinds = {
  plain: { title: 'Start the pipeline?', consequence: 'It trains on the newest rows and registers a version.', button: 'Start train' },
  danger: { title: 'Go back to v17?', consequence: 'All traffic goes to version 17 in under 5 s.', button: 'Go back to v17 now' },
  refused: { title: 'Go back to v1?', consequence: 'All traffic goes to version 1.', button: 'Go back to v1 now' },
} as const;

/** What asks before it acts, menus, and the fields of forms. */
export function AllDialogs() {
  const [open, setOpen] = useState<keyof typeof kinds | null>(null);
  const [told, setTold] = useState('');
  const close = () => setOpen(null);
  return (
    <Card title="Dialogs, menus and fields">
      <div className={styles['row']}>
        {(['plain', 'danger', 'refused'] as const).map((kind) => (
          <Button key={kind} variant="default" onClick={() => setOpen(kind)}>
            {kinds[kind].title}
          </Button>
        ))}
        <Menu>
          <Menu.Target>
            <Button variant="default">More</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {['Rename', 'Archive', 'Delete'].map((name) => (
              <Menu.Item key={name} onClick={() => setTold(name)}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label="You may not do this: it needs the right “write”.">
          <Button data-disabled aria-disabled>
            Deploy
          </Button>
        </Tooltip>
        <span className="second" role="status">
          {told}
        </span>
      </div>
      <div className={styles['row']}>
        <TextInput label="Name" placeholder="delay" />
        <TextInput label="Limit" defaultValue="abc" error="A number is needed, for example 0.58." />
        <NumberInput label="Trees" defaultValue={60} min={1} max={1000} />
        <Select label="Environment" data={['staging', 'production']} defaultValue="staging" allowDeselect={false} />
        <Switch label="Follow" defaultChecked />
        <Checkbox label="Without cache" />
      </div>
      {(['plain', 'danger', 'refused'] as const).map((kind) => (
        <Ask
          key={kind}
          open={open === kind}
          {...kinds[kind]}
          danger={kind !== 'plain'}
          {...(kind === 'plain' ? {} : { reason: kind === 'danger' ? ('required' as const) : ('optional' as const) })}
          busy={false}
          error={kind === 'refused' ? refused : null}
          onYes={(reason) => {
            setTold(`Said yes${reason === '' ? '' : `: ${reason}`}`);
            close();
          }}
          onClose={close}
        />
      ))}
    </Card>
  );
}
