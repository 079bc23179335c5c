import { Button } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, useId, useMemo, useState } from 'react';
import { count } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { completionsAt } from './completions.ts';
import { mistakeOf } from './mistake.ts';
import styles from './runs.module.css';

export interface FilterLineProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  /** Names that the filter may use. */
  readonly names: readonly string[];
  /** `214 of 2,481`. */
  readonly kept: string;
  readonly error: Error | null;
  /** What the filter compares and some runs do not have. */
  readonly lacking: readonly { readonly name: string; readonly runs: number }[];
}

/** The filter that lists the runs without a value. */
const missingOf = (name: string) => `${/^[\w./@-]+$/.test(name) ? name : `"${name}"`} is missing`;

/** Text with completion; a mistake is marked under its word, with the nearest names one press away. */
export function FilterLine({ field, filter, onFilter, names, kept, error, lacking }: FilterLineProps) {
  const id = useId();
  const [draft, setDraft] = useState(filter);
  const [from, setFrom] = useState(filter);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(-1);
  // Another view of the same page: Back, a quick filter, a brush.
  if (from !== filter) {
    setFrom(filter);
    setDraft(filter);
  }
  const found = useMemo(() => (caret === null ? null : completionsAt(draft, caret, names)), [draft, caret, names]);
  const mistake = draft === filter ? mistakeOf(error, filter) : null;
  const apply = (text: string) => {
    setDraft(text);
    setCaret(null);
    setChosen(-1);
    onFilter(text.trim());
  };
  const complete = (name: string) => {
    if (!found) return;
    const text = `${draft.slice(0, found.from)}${name} ${draft.slice(found.to).trimStart()}`;
    setDraft(text);
    setCaret(null);
    setChosen(-1);
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const options = found?.names ?? [];
    if (event.key === 'Enter') {
      const name = options[chosen];
      if (name === undefined) apply(draft);
      else complete(name);
    } else if (event.key === 'Tab' && chosen >= 0 && options[chosen] !== undefined) complete(options[chosen]);
    else if (event.key === 'Escape') {
      if (options.length > 0) setCaret(null);
      else apply('');
    } else if (event.key === 'ArrowDown' && options.length > 0) setChosen((chosen + 1) % options.length);
    else if (event.key === 'ArrowUp' && options.length > 0) setChosen((chosen - 1 + options.length) % options.length);
    else return;
    event.preventDefault();
  };
  const open = (found?.names.length ?? 0) > 0;
  return (
    <>
      <div className={styles['line']}>
        <IconFilter size={15} aria-hidden />
        <span className={styles['typed']}>
          {mistake && (
            <span className={styles['wrong']} aria-hidden="true">
              {filter.slice(0, mistake.at)}
              <mark>{filter.slice(mistake.at, mistake.at + mistake.length) || ' '}</mark>
            </span>
          )}
          <input
            ref={field}
            role="combobox"
            aria-expanded={open}
            aria-controls={`${id}-names`}
            aria-autocomplete="list"
            aria-activedescendant={chosen >= 0 && open ? `${id}-${chosen}` : undefined}
            aria-label={words.runs.filter}
            aria-invalid={mistake !== null}
            aria-describedby={mistake ? `${id}-mistake` : undefined}
            placeholder={words.runs.filterExample}
            spellCheck={false}
            autoComplete="off"
            value={draft}
            onChange={(event) => {
              setDraft(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart);
              setChosen(-1);
            }}
            onKeyDown={press}
            onBlur={() => setCaret(null)}
          />
        </span>
        <span className={`${styles['kept']} number`} role="status">
          {kept}
        </span>
        <div id={`${id}-names`} className={styles['completions']} aria-label={words.runs.filter} hidden={!open} role="listbox">
          {found?.names.map((name, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
            <div
              key={name}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen}
              tabIndex={-1}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => complete(name)}
            >
              {name}
            </div>
          ))}
        </div>
      </div>
      {lacking.map(({ name, runs }) => (
        <Button key={name} size="compact-xs" variant="subtle" color="gray" onClick={() => apply(missingOf(name))}>
          {words.runs.lacking(count(runs), runs === 1, name)}
        </Button>
      ))}
      {mistake && (
        <div id={`${id}-mistake`} className={styles['mistake']} role="alert">
          <span className="name">{mistake.message}</span>
          {mistake.nearest.map((name) => (
            <Button key={name} size="compact-xs" variant="default" onClick={() => apply(mistake.withName(name))}>
              {words.runs.nameInstead(name)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
