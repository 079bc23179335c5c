import { Button, CloseButton, FileButton } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { bytes } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import styles from './datasets.module.css';

const said = words.datasets.add;

export interface DropZoneProps {
  readonly files: readonly File[];
  readonly onFiles: (files: readonly File[]) => void;
}

/** Takes files that are dropped on it, or chosen by a button; a file of the same name takes the place of the one before. */
export function DropZone({ files, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const take = (more: readonly File[]) => onFiles([...files.filter(({ name }) => !more.some((other) => other.name === name)), ...more]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for pointers; the button in it does the same for keys */}
      <div
        className={`${styles['drop']} ${over ? styles['over'] : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconUpload size={22} stroke={1.6} aria-hidden />
        <p>{said.drop}</p>
        <p className="muted small">{said.formats}</p>
        <FileButton multiple onChange={(chosen) => take(chosen)} inputProps={{ 'aria-label': said.choose }}>
          {(props) => (
            <Button {...props} variant="default">
              {said.choose}
            </Button>
          )}
        </FileButton>
      </div>
      {files.length > 0 && (
        <ul className={styles['files']}>
          {files.map((file) => (
            <li key={file.name}>
              <bdi className="name">{file.name}</bdi> <span className="muted number">{bytes(file.size)}</span>
              <CloseButton size="sm" aria-label={said.remove(file.name)} onClick={() => onFiles(files.filter((other) => other !== file))} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
