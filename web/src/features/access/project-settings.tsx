import { Autocomplete, Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { client } from '../../client/client.ts';
import { Card, Columns } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Problem } from '../../design/state.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { useProject } from './access-api.ts';
import { Allowed } from './allowed.tsx';
import styles from './settings.module.css';
import { useChange } from './settings-api.ts';

const t = words.settings.project;

export function ProjectSettings({ project }: { readonly project: string }) {
  const { id, name, zone, clock, now_ms } = useProject(project);
  const [wanted, setWanted] = useState(zone);
  const save = useChange('access', () => client.access.updateProject({ params: { project }, body: { zone: wanted } }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Columns widths="minmax(0, 1fr) minmax(0, 1fr)">
      <Card title={t.title}>
        <Facts
          facts={[
            [t.name, name],
            [t.id, <code key="id">{id}</code>],
            [t.clock, t.clocks[clock]],
            [t.now, <Moment key="now" at_ms={now_ms} />],
          ]}
        />
      </Card>
      <Card title={t.zone} note={t.set}>
        <form className={styles['column']} onSubmit={send}>
          <Autocomplete
            className={styles['wide'] ?? ''}
            label={t.zone}
            description={t.zoneHint}
            data={Intl.supportedValuesOf('timeZone')}
            limit={12}
            value={wanted}
            onChange={setWanted}
          />
          {save.error && <Problem error={save.error} />}
          <Allowed project={project} to="admin">
            <Button type="submit" loading={save.isPending} disabled={wanted === zone}>
              {t.save}
            </Button>
          </Allowed>
        </form>
      </Card>
    </Columns>
  );
}
