import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { words } from '../words/index.ts';
import styles from './parallel.module.css';
import type { Axis, Range } from './parallel-scale.ts';

export interface FieldsProps {
  readonly axes: readonly Axis[];
  readonly onBrush: (key: string, range: Range | null) => void;
  readonly onLog: (key: string, log: boolean) => void;
  readonly onMove: (key: string, by: number) => void;
  readonly onAway: (key: string) => void;
  /** Axes that could be added. */
  readonly more: readonly { readonly key: string; readonly title: string }[];
  readonly onAdd: (key: string) => void;
}

/** The same as dragging on the axes, for keys and for exact numbers. */
export function ParallelFields(props: FieldsProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={460} trapFocus returnFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(!open)}>
          {words.runs.brush}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.runs.brush}>{open && <Fields {...props} />}</Popover.Dropdown>
    </Popover>
  );
}

function Fields({ axes, onBrush, onLog, onMove, onAway, more, onAdd }: FieldsProps) {
  const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const set = ({ key, brush }: Axis, change: Partial<Range>) => {
    const next = { ...everything, ...brush, ...change };
    onBrush(key, Number.isFinite(next.from) || Number.isFinite(next.to) ? next : null);
  };
  const read = (text: string, missing: number) => (text.trim() === '' || Number.isNaN(Number(text)) ? missing : Number(text));
  const write = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(6))));
  return (
    <div className={styles['fields']}>
      {axes.map((axis, at) => [
        <span key={`${axis.key} name`} className={styles['name']} title={axis.title}>
          {axis.title}
        </span>,
        ...(['from', 'to'] as const).map((end) => (
          <input
            key={`${axis.key} ${end} ${axis.brush?.[end] ?? ''}`}
            inputMode="decimal"
            aria-label={end === 'from' ? words.runs.axisFrom(axis.title) : words.runs.axisTo(axis.title)}
            defaultValue={write(axis.brush?.[end])}
            onBlur={(event) => set(axis, { [end]: read(event.currentTarget.value, everything[end]) })}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        )),
        <span key={`${axis.key} tools`} className={styles['tools']}>
          <label>
            <input
              type="checkbox"
              aria-label={words.runs.axisLog(axis.title)}
              checked={axis.log}
              onChange={(event) => onLog(axis.key, event.currentTarget.checked)}
            />
            {words.runs.log}
          </label>
          <Tool label={words.runs.axisLeft(axis.title)} icon={IconArrowLeft} disabled={at === 0} onClick={() => onMove(axis.key, -1)} />
          <Tool
            label={words.runs.axisRight(axis.title)}
            icon={IconArrowRight}
            disabled={at === axes.length - 1}
            onClick={() => onMove(axis.key, 1)}
          />
          <Tool label={words.runs.axisAway(axis.title)} icon={IconX} disabled={axes.length < 3} onClick={() => onAway(axis.key)} />
        </span>,
      ])}
      <select aria-label={words.runs.addAxis} value="" onChange={(event) => onAdd(event.currentTarget.value)}>
        <option value="">{words.runs.addAxis}</option>
        {more.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}

function Tool(props: { readonly label: string; readonly icon: typeof IconX; readonly disabled: boolean; readonly onClick: () => void }) {
  const Icon = props.icon;
  return (
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label={props.label} disabled={props.disabled} onClick={props.onClick}>
      <Icon size={13} aria-hidden />
    </ActionIcon>
  );
}
