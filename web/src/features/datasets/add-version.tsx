import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { bytes } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import styles from './datasets.module.css';
import { type Addition, type Dataset, datasetsQueries, useAddVersion, type Version } from './datasets-api.ts';
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
  const one = datasets.find((each) => each.name === chosen);
  const kept = useKept(project, one);
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
      {kept && (
        <Checkbox
          label={said.keep(kept.number, kept.files.length)}
          checked={keeps}
          onChange={({ currentTarget }) => setKeeps(currentTarget.checked)}
        />
      )}
      <Submit
        project={project}
        dataset={one?.name ?? name.trim()}
        files={files}
        kept={keeps && kept ? kept.files : []}
        onDone={() => {
          setFiles([]);
          onDone?.();
        }}
      />
    </div>
  );
}

/** The newest version with its files, where it is made of files alone and more can be put beside them. */
function useKept(project: string, dataset: Dataset | undefined): Version | undefined {
  const latest = dataset?.latest?.source.kind === 'files' ? dataset.latest.number : 0;
  const asked = useQuery({ ...datasetsQueries.version(project, dataset?.name ?? '', latest), enabled: latest > 0 });
  return latest > 0 ? asked.data : undefined;
}

interface SubmitProps extends Pick<Addition, 'dataset' | 'files' | 'kept'> {
  readonly project: string;
  readonly onDone: () => void;
}

function Submit({ project, dataset, files, kept, onDone }: SubmitProps) {
  const [doing, setDoing] = useState('');
  const add = useAddVersion(project);
  const navigate = useNavigate();
  const onUpload = (file: string, at: number) => setDoing(file === '' ? said.reading : said.uploading(file, at, files.length));
  const begin = () =>
    add.mutate(
      { dataset, files, kept, onUpload },
      {
        onSettled: () => setDoing(''),
        onSuccess: ({ version: { number }, is_new }) => {
          if (!is_new) return;
          onDone();
          void navigate({ to: '/p/$project/datasets/$dataset', params: { project, dataset }, search: { version: number } as never });
        },
      },
    );
  return (
    <>
      {add.error && <Problem error={add.error} />}
      {add.data?.is_new === false && <p role="status">{said.known(add.data.version.number)}</p>}
      <div className={styles['submit']}>
        <Allowed project={project} to="write">
          <Button disabled={files.length === 0 || dataset === ''} loading={add.isPending} onClick={begin}>
            {said.submit}
          </Button>
        </Allowed>
        <span role="status" className="second small name">
          {doing || (files.length > 0 && said.chosen(files.length, bytes(files.reduce((sum, { size }) => sum + size, 0))))}
        </span>
      </div>
    </>
  );
}
