import { ActionIcon, Button } from '@mantine/core';
import { IconFlag, IconX } from '@tabler/icons-react';
import type { GridColumn } from '../../design/grid/index.ts';
import { Mark } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { Change } from './change.tsx';
import { numberOf } from './run-columns.ts';
import styles from './runs.module.css';
import type { Cell } from './runs-api.ts';
import { type Base, noBase } from './use-base.ts';

interface Metric {
  readonly key: string;
  readonly name: string;
}

/** How the metric of each run stands to that of the base. */
export function versusColumn(
  base: Base,
  { key, name }: Metric,
  numbers: readonly number[],
  cell: (index: number, key: string) => Cell | undefined,
): { readonly beside: string; readonly column: GridColumn } {
  const column = {
    key: 'versus',
    title: words.runs.versus(base.isChampion ? words.runs.champion : base.name),
    width: 120,
    number: true,
    fixed: true,
    cell: (index: number) => {
      if (numbers[index] === base.number) return <span className="muted">{words.runs.isBase}</span>;
      const value = cell(index, key);
      return value === undefined ? (
        <span className={styles['waiting']} />
      ) : (
        <Change metric={name} value={numberOf(value)} other={base.value} />
      );
    },
  };
  return { beside: key, column };
}

/** Right of the metric that it is about; nowhere where that is not shown. */
export function withVersus(columns: readonly GridColumn[], { beside, column }: ReturnType<typeof versusColumn>): readonly GridColumn[] {
  return columns.flatMap((one) => (one.key === beside ? [one, column] : [one]));
}

/** Says what the runs are seen against, and ends it. */
export function Against({ base, onBase }: { readonly base: Base | null; readonly onBase: (base: string) => void }) {
  if (!base) return null;
  return (
    <Mark>
      <bdi className="name">{base.isChampion ? words.runs.againstChampion(base.name) : words.runs.against(base.name)}</bdi>
      <ActionIcon size={24} variant="subtle" color="gray" aria-label={words.runs.endAgainst} onClick={() => onBase(noBase)}>
        <IconX size={13} aria-hidden />
      </ActionIcon>
    </Mark>
  );
}

/** Of one chosen run: all others are seen against it. */
export function SeeAgainst({ selected, onBase }: { readonly selected: ReadonlySet<string>; readonly onBase: (base: string) => void }) {
  if (selected.size !== 1) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconFlag size={13} aria-hidden />}
      onClick={() => onBase([...selected].join(''))}
    >
      {words.runs.seeAgainst}
    </Button>
  );
}
