import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { bytes } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import styles from './datasets.module.css';
import { type Dataset, datasetsQueries, useAddVersion } from './datasets-api.ts';
import { DropZone } from './drop-zone.tsx';

const said = words.datasets.add;

export interface AddVersionProps {
  readonly project: string;
  readonly datasets: readonly Dataset[];
  /** The only one that is added to. */
  readonly dataset?: string;
  readonly onDone?: () => void;
}

/** Files become a version: of a dataset that is there, or of a new one. */
export function AddVersion({ project, datasets, dataset, onDone }: AddVersionProps) {
  const [chosen, setChosen] = useState(dataset ?? datasets[0]?.name ?? '');
  const [name, setName] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [keeps, setKeeps] = useState(false);
  const [doing, setDoing] = useState('');
  const add = useAddVersion(project);
  const navigate = useNavigate();
  const one = datasets.find((each) => each.name === chosen);
  const latest = one?.latest?.source.kind === 'files' ? one.latest.number : null;
  const kept = useQuery({ ...datasetsQueries.version(project, chosen, latest ?? 0), enabled: latest !== null }).data?.files ?? [];
  const target = one?.name ?? name.trim();
  const begin = () =>
    add.mutate(
      {
        dataset: target,
        files,
        kept: keeps ? kept : [],
        onUpload: (file, at) => setDoing(file === '' ? said.reading : said.uploading(file, at, files.length)),
      },
      {
        onSettled: () => setDoing(''),
        onSuccess: ({ version, is_new }) => {
          if (!is_new) return;
          setFiles([]);
          onDone?.();
          void navigate({
            to: '/p/$project/datasets/$dataset',
            params: { project, dataset: target },
            search: { version: version.number } as never,
          });
        },
      },
    );
  return (
    <div className={styles['add']}>
      <div className={styles['fields']}>
        {dataset === undefined && datasets.length > 0 && (
          <NativeSelect
            label={said.dataset}
            value={chosen}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            data={[...datasets.map((each) => ({ value: each.name, label: each.name })), { value: '', label: said.another }]}
          />
        )}
        {!one && <TextInput label={said.name} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />}
      </div>
      <DropZone files={files} onFiles={setFiles} />
      {latest !== null && kept.length > 0 && (
        <Checkbox
          label={said.keep(latest, kept.length)}
          checked={keeps}
          onChange={({ currentTarget }) => setKeeps(currentTarget.checked)}
        />
      )}
      {add.error && <Problem error={add.error} />}
      {add.data?.is_new === false && <p role="status">{said.known(add.data.version.number)}</p>}
      <div className={styles['submit']}>
        <Allowed project={project} to="write">
          <Button disabled={files.length === 0 || target === ''} loading={add.isPending} onClick={begin}>
            {said.submit}
          </Button>
        </Allowed>
        <span role="status" className="second small name">
          {doing || (files.length > 0 && said.chosen(files.length, bytes(files.reduce((sum, { size }) => sum + size, 0))))}
        </span>
      </div>
    </div>
  );
}
