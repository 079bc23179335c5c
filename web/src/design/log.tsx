import { ActionIcon, Kbd, Switch, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { words } from '../words/index.ts';
import { Card } from './card.tsx';
import { useSingleKeys } from './grid/single-keys.ts';
import styles from './log.module.css';
import { LogLines } from './log-lines.tsx';
import type { LogProps } from './log-props.ts';
import { type LogLine, linesWith, nextProblem } from './log-text.ts';
import { count } from './numbers.ts';
import { StatusIcon } from './status.tsx';

/** The lines that a program printed, all of them: find, follow, next problem, link to a line. */
export function Log(props: LogProps) {
  const { title, note, lines, live, view, onView, empty, keys } = props;
  const found = useMemo(() => linesWith(lines, view.find), [lines, view.find]);
  const toProblem = () => {
    const line = nextProblem(lines, view.line);
    if (line !== null) onView({ line, follow: false });
  };
  useSingleKeys({ e: toProblem, f: () => onView({ follow: !view.follow }) });
  return (
    <Card title={title} note={note} action={<Tools {...props} found={found} />} flush>
      {lines.length === 0 && !live ? (
        <p className={`${styles['empty']} muted`}>{empty}</p>
      ) : (
        <LogLines label={title} lines={lines} live={live} view={view} onView={onView} />
      )}
      <Foot lines={lines} live={live} keys={keys} onProblem={toProblem} />
    </Card>
  );
}

function Tools({ lines, view, onView, fileName, found }: LogProps & { readonly found: readonly number[] }) {
  const [text, setText] = useState(view.find);
  useEffect(() => setText(view.find), [view.find]);
  const step = (by: 1 | -1) => {
    const next = by === 1 ? found.find((line) => line > view.line) : found.findLast((line) => line < view.line);
    const line = next ?? found.at(by === 1 ? 0 : -1);
    if (line !== undefined) onView({ line, follow: false });
  };
  const at = found.indexOf(view.line) + 1;
  return (
    <>
      {view.find !== '' && (
        <span className="muted small number" role="status">
          {found.length === 0 ? words.log.notFound : words.log.found(at === 0 ? '–' : count(at), count(found.length))}
        </span>
      )}
      <TextInput
        size="xs"
        w={150}
        aria-label={words.log.find}
        placeholder={words.log.find}
        leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          onView({ find: currentTarget.value }, { replace: true });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onView({ find: '' }, { replace: true });
        }}
      />
      <Switch
        size="sm"
        labelPosition="left"
        label={words.log.follow}
        checked={view.follow}
        onChange={({ currentTarget }) => onView({ follow: currentTarget.checked })}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        c="var(--s-text-2)"
        aria-label={words.log.download}
        title={words.log.download}
        disabled={lines.length === 0}
        onClick={() => save(lines, fileName)}
      >
        <IconDownload size={17} stroke={1.75} aria-hidden />
      </ActionIcon>
    </>
  );
}

/** The log as it came, colours of terminals included. */
function save(lines: readonly LogLine[], fileName: string): void {
  const text = lines.map(({ at_ms, raw }) => `${at_ms === null ? '' : `${new Date(at_ms).toISOString()} `}${raw}\n`);
  const address = URL.createObjectURL(new Blob(text, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // Once the download has begun.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function Foot({ lines, live, keys, onProblem }: Pick<LogProps, 'lines' | 'live' | 'keys'> & { readonly onProblem: () => void }) {
  const bad = lines.filter(({ kind }) => kind === 'bad').length;
  const warned = lines.filter(({ kind }) => kind === 'warn').length;
  return (
    <div className={styles['foot']}>
      <span className="number">{(live ? words.log.reading : words.log.lines)(count(lines.length))}</span>
      <span className={styles['footKeys']}>
        {bad + warned === 0 ? (
          <span>{words.log.noProblems}</span>
        ) : (
          <span className={styles['problems']}>
            <StatusIcon kind={bad > 0 ? 'bad' : 'warn'} size={14} />
            {[bad > 0 ? words.log.errors(bad) : '', warned > 0 ? words.log.warnings(warned) : ''].filter(Boolean).join(', ')}
          </span>
        )}
        <button type="button" className={styles['keyButton']} disabled={bad + warned === 0} onClick={onProblem}>
          <Kbd>E</Kbd> {words.log.nextProblem}
        </button>
        <span>
          <Kbd>F</Kbd> {words.log.followKey}
        </span>
        {keys}
      </span>
    </div>
  );
}
