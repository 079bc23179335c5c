import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { words } from '../words/index.ts';
import { places } from './places.ts';
import styles from './shell.module.css';
import { search, thingsQuery } from './things.ts';

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly note: string;
  readonly icon: (typeof places)[number]['icon'];
  readonly path: string;
}

const shown_entries = 12;

/** Search and commands: places and things of the project by name. The list follows the arrows while the cursor stays in the field. */
export function Palette(props: { readonly project: string; readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Modal
      opened={props.open}
      onClose={props.onClose}
      title={words.shell.commands}
      size={560}
      yOffset="12vh"
      centered={false}
      transitionProps={{ duration: 0 }}
    >
      <PaletteList project={props.project} onClose={props.onClose} />
    </Modal>
  );
}

function PaletteList({ project, onClose }: { readonly project: string; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const things = useQuery(thingsQuery(project));
  const entries = entriesFor(things.data ?? [], text);
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    void navigate({ to: `/p/$project${entry.path}` as '/p/$project', params: { project } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) setAt((at + step + entries.length) % entries.length);
    else if (event.key === 'Enter') go(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette"
        aria-activedescendant={entries[at] && `palette-${at}`}
        aria-label={words.shell.search}
        placeholder={words.shell.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div id="palette" role="listbox" aria-label={words.shell.commands} className={styles['palette']}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: a listbox of a combobox: the field has focus and keys
          <div
            key={entry.key}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles['entry']}
            onClick={() => go(entry)}
            onPointerMove={() => setAt(index)}
          >
            <entry.icon size={16} stroke={1.7} aria-hidden />
            <bdi className="name">{entry.name}</bdi>
            <span className="muted small">{entry.note}</span>
          </div>
        ))}
      </div>
      {things.isError && <p className="second">{words.shell.namesMissing}</p>}
      {things.isSuccess && entries.length === 0 && <p className="second">{words.shell.nothingFound}</p>}
    </>
  );
}

/** Places first while nothing is typed; then whatever has the words in its name. */
function entriesFor(things: readonly { place: string; name: string; path: string }[], text: string): Entry[] {
  const all = [
    ...places.map(({ name, path, icon, key }) => ({
      key: `place ${name}`,
      name: words.shell.places[name],
      note: words.shell.placeKey(key.toUpperCase()),
      icon,
      path,
    })),
    ...things.flatMap(({ place, name, path }) => {
      const home = places.find((one) => one.name === place);
      return home ? [{ key: path, name, note: words.shell.places[home.name], icon: home.icon, path }] : [];
    }),
  ];
  return search(all, text).slice(0, shown_entries);
}
