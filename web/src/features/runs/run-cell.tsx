import { type MouseEvent, memo } from 'react';
import { Mark } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import type { ListedVersion } from '../models/models-api.ts';
import { isNumberColumn, writtenCell } from './run-columns.ts';
import { RunState } from './run-status.tsx';
import styles from './runs.module.css';
import type { Cell, RunStatus } from './runs-api.ts';

export interface RunCellProps {
  readonly project: string;
  readonly column: string;
  /** Undefined while it is on its way. */
  readonly value: Cell | undefined;
  /** For the column of names. */
  readonly id?: Cell | undefined;
  readonly version?: ListedVersion | undefined;
  readonly onOpen?: (run: string) => void;
}

export const RunCell = memo(function RunCell({ project, column, value, id, version, onOpen }: RunCellProps) {
  if (value === undefined) return <span className={styles['waiting']} />;
  if (column === 'name') return <RunName project={project} run={String(id)} name={String(value)} version={version} onOpen={onOpen} />;
  if (column === 'status') return <RunState status={value as RunStatus} />;
  if (column === 'started' || column === 'ended') return <Moment at_ms={value as number | null} />;
  if (value === null) return <span className="muted">–</span>;
  if (isNumberColumn(column)) return <span title={String(value)}>{writtenCell(column, value)}</span>;
  return (
    <bdi className="name" title={String(value)}>
      {writtenCell(column, value)}
    </bdi>
  );
});

interface RunNameProps {
  readonly project: string;
  readonly run: string;
  readonly name: string;
  readonly version: ListedVersion | undefined;
  readonly onOpen: ((run: string) => void) | undefined;
}

/** A plain link: the router's own watches the address, which hundreds of rows that come and go cannot afford. */
function RunName({ project, run, name, version, onOpen }: RunNameProps) {
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !onOpen) return;
    event.preventDefault();
    onOpen(run);
  };
  return (
    <span className={styles['runName']}>
      <a href={`/p/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}`} title={name} tabIndex={-1} onClick={open}>
        {name}
      </a>
      {version && (
        <Mark accent>
          {version.model} {words.common.version(version.number)}
        </Mark>
      )}
    </span>
  );
}
