import { Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { IconColumns } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { words } from '../../words/index.ts';
import { count } from '../numbers.ts';
import styles from './grid.module.css';

export interface Choice {
  /** The key without its summary. */
  readonly key: string;
  readonly title: string;
  /** How many rows have it. */
  readonly rows?: number;
  readonly differs: boolean;
  /** Which values of it may be shown; the first is the usual one. */
  readonly summaries?: readonly { readonly key: string; readonly name: string }[];
}

export interface ChooserProps {
  /** Null while they are being counted. */
  readonly choices: readonly Choice[] | null;
  readonly shown: readonly string[];
  readonly total: number;
  readonly onShow: (keys: readonly string[]) => void;
  readonly onUsual: () => void;
  readonly onOpen: () => void;
}

const option_px = 30;

/** Which columns are shown, by search: hundreds are normal. Their order is set in the grid itself. */
export function ColumnChooser({ choices, shown, total, onShow, onUsual, onOpen }: ChooserProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={380} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconColumns size={15} aria-hidden />}
          onClick={() => {
            onOpen();
            setOpen(!open);
          }}
        >
          {words.grid.columns(count(shown.length), count(total))}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.grid.columns(count(shown.length), count(total))}>
        {open && <Options choices={choices ?? []} shown={shown} onShow={onShow} onUsual={onUsual} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Options({
  choices,
  shown,
  onShow,
  onUsual,
}: { readonly choices: readonly Choice[] } & Pick<ChooserProps, 'shown' | 'onShow' | 'onUsual'>) {
  const [text, setText] = useState('');
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const asked = text.trim().toLowerCase();
    return choices.filter(({ title, differs }) => (!onlyDiffering || differs) && title.toLowerCase().includes(asked));
  }, [choices, text, onlyDiffering]);
  const down = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => option_px,
    overscan: 6,
  });
  const shownAs = (choice: Choice) => keysOf(choice).find((key) => shown.includes(key));
  return (
    <div className={styles['chooser']}>
      <TextInput
        size="xs"
        data-autofocus
        aria-label={words.grid.findColumn}
        placeholder={words.grid.findColumn}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Checkbox
        size="xs"
        label={words.grid.onlyDiffering}
        checked={onlyDiffering}
        onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
      />
      <div style={{ display: 'flex', gap: 6 }}>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onShow([...new Set([...shown, ...found.map((one) => shownAs(one) ?? one.key)])])}
        >
          {words.grid.showAll(count(found.length))}
        </Button>
        <Button size="compact-xs" variant="default" onClick={onUsual}>
          {words.grid.usual}
        </Button>
      </div>
      {found.length === 0 && <p className="muted small">{words.grid.noColumn}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls it with the arrows */}
      <section ref={scroller} className={styles['found']} tabIndex={0} aria-label={words.grid.columnList}>
        <div style={{ height: down.getTotalSize() }}>
          {down.getVirtualItems().map(({ index, start }) => {
            const choice = found[index];
            return (
              choice && <Option key={choice.key} choice={choice} top_px={start} shownAs={shownAs(choice)} shown={shown} onShow={onShow} />
            );
          })}
        </div>
      </section>
    </div>
  );
}

const keysOf = ({ key, summaries }: Choice) => summaries?.map((one) => one.key) ?? [key];

interface OptionProps extends Pick<ChooserProps, 'shown' | 'onShow'> {
  readonly choice: Choice;
  readonly top_px: number;
  readonly shownAs: string | undefined;
}

function Option({ choice, top_px, shownAs, shown, onShow }: OptionProps) {
  const { key, title, rows, summaries } = choice;
  return (
    <div className={styles['option']} style={{ top: top_px }}>
      <label>
        <input
          type="checkbox"
          checked={shownAs !== undefined}
          onChange={() => onShow(shownAs === undefined ? [...shown, key] : shown.filter((one) => one !== shownAs))}
        />
        <span title={title}>{title}</span>
      </label>
      {rows !== undefined && <small className="number">{words.grid.columnFacts(count(rows))}</small>}
      {summaries && shownAs !== undefined && (
        <select
          aria-label={`${words.grid.summary}: ${title}`}
          value={shownAs}
          onChange={(event) => onShow(shown.map((one) => (one === shownAs ? event.currentTarget.value : one)))}
        >
          {summaries.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
