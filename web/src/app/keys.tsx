import { Button, Kbd, Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useSingleKeys } from '../client/single-keys.ts';
import { words } from '../words/index.ts';
import { places } from './places.ts';
import styles from './shell.module.css';

/** G, then a letter, within this time. */
const chord_ms = 1500;

/** A key that is meant for a field, or for the browser, is not ours. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  return event.ctrlKey || event.metaKey || event.altKey || target?.closest('input, textarea, select, [contenteditable]') !== null;
}

/** Keys that work on every page; opens the palette and its own list. */
export function Keys({ project, onPalette }: { readonly project: string; readonly onPalette: () => void }) {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [single, setSingle] = useSingleKeys();
  useEffect(() => {
    let goUntil_ms = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (!single || isTyping(event)) return;
      if (event.key === '?') setOpen(true);
      const place = Date.now() < goUntil_ms ? places.find(({ key }) => key === event.key) : undefined;
      if (place) void navigate({ to: `/p/$project${place.path}` as '/p/$project', params: { project } });
      goUntil_ms = event.key === 'g' && !place ? Date.now() + chord_ms : 0;
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, onPalette, project, single]);
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={words.shell.keys}>
      <dl className={styles['keys']}>
        {keyRows.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{words.shell.keyRows[name]}</dd>
          </div>
        ))}
      </dl>
      <Button variant="default" onClick={() => setSingle(!single)}>
        {single ? words.shell.turnKeysOff : words.shell.turnKeysOn}
      </Button>
    </Modal>
  );
}

const keyRows: readonly (readonly [keys: readonly string[], name: keyof typeof words.shell.keyRows])[] = [
  [['Ctrl K'], 'commands'],
  [['?'], 'keys'],
  [['/'], 'filter'],
  [['J', 'K'], 'next'],
  [['Enter'], 'open'],
  [['X'], 'select'],
  [['C'], 'compare'],
  [['G'], 'go'],
  [['Esc'], 'close'],
];
