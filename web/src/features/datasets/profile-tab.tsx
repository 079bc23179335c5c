import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useContext, useState } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Histogram } from '../../design/histogram.tsx';
import { count } from '../../design/numbers.ts';
import { Shares } from '../../design/shares.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import styles from './datasets.module.css';
import { type Column, datasetsQueries, type Profiled } from './datasets-api.ts';
import { figuresOf, named, quantile, topOf, writerOf } from './profile.ts';
import type { TabProps } from './tab-props.ts';

const said = words.datasets.profile;
/** Each column asks for itself, so a wide table comes in parts. */
const page = 24;

/** Every column as a card: what its values are like, in a picture and a few figures. */
export function ProfileTab({ project, version: { dataset, number, schema } }: TabProps) {
  const [view, setView] = useView({ find: '' });
  const [most, setMost] = useState(page);
  const found = named(schema, view.find);
  const shown = found.slice(0, most);
  return (
    <div className={styles['profile']}>
      <div className={styles['tools']}>
        <TextInput
          size="xs"
          aria-label={said.find}
          placeholder={said.find}
          value={view.find}
          onChange={({ currentTarget }) => setView({ find: currentTarget.value }, { replace: true })}
        />
        <span className="muted small number" role="status">
          {said.shown(count(shown.length), count(schema.length))}
        </span>
      </div>
      {found.length === 0 && <Empty sentence={said.none} />}
      <div className={styles['grid']}>
        {shown.map((column) => (
          <ColumnCard key={column.name} project={project} dataset={dataset} version={number} column={column} />
        ))}
      </div>
      {found.length > most && (
        <div>
          <Button variant="default" onClick={() => setMost(most + page)}>
            {said.more}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ColumnCardProps {
  readonly project: string;
  readonly dataset: string;
  readonly version: number;
  readonly column: Column;
}

function ColumnCard({ project, dataset, version, column }: ColumnCardProps) {
  const asked = useQuery(datasetsQueries.profile(project, dataset, version, column.name));
  const { name, type, unit, role } = column;
  return (
    <Card
      title={name}
      note={[words.datasets.types[type], unit].filter(Boolean).join(', ')}
      action={role === 'feature' ? undefined : <Mark accent={role === 'target'}>{words.datasets.roles[role]}</Mark>}
    >
      <Part of={asked} height={190}>
        {(profiled) => profiled && <Profile profiled={profiled} />}
      </Part>
    </Card>
  );
}

function Profile({ profiled }: { readonly profiled: Profiled }) {
  const { zone, now_ms } = useContext(TimeContext);
  return (
    <div className={styles['column']}>
      <ProfilePicture profiled={profiled} />
      <Facts facts={figuresOf(profiled, { zone, now_ms: now_ms() })} />
    </div>
  );
}

interface PictureProps {
  readonly profiled: Profiled;
  readonly color?: 'c1' | 'c7';
  /** Common ends for several pictures. */
  readonly axis?: readonly [from: number, to: number] | undefined;
}

/** How the values of a column are spread, or which are the most frequent. */
export function ProfilePicture({ profiled, color = 'c1', axis }: PictureProps) {
  const { zone, now_ms } = useContext(TimeContext);
  const { name, type, profile } = profiled;
  if (profile.missing >= profile.rows) return <p className="muted">{said.empty}</p>;
  if (profile.kind === 'category') return <Shares label={said.top(name)} rows={topOf(profiled)} />;
  const write = writerOf(type, { zone, now_ms: now_ms() });
  return (
    <Histogram
      label={said.distribution(name, write(profile.min), write(profile.max))}
      edges={profile.histogram.edges}
      counts={profile.histogram.counts}
      write={write}
      axis={axis ?? [profile.min ?? 0, profile.max ?? 0]}
      sayBar={(from, to, amount) => said.bar(from, to, count(amount))}
      median={quantile(profile, 0.5)}
      color={color}
    />
  );
}
