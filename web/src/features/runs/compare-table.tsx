import { ActionIcon, Button } from '@mantine/core';
import { IconFlag, IconStar, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/card.tsx';
import { duration, metric as written } from '../../design/numbers.ts';
import { Mark, Status } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { Change } from './change.tsx';
import type { DifferenceRow, MeasureRow } from './comparison.ts';
import styles from './runs.module.css';
import type { RunDetail } from './runs-api.ts';

export interface CompareTableProps {
  readonly project: string;
  readonly runs: readonly RunDetail[];
  readonly measures: readonly MeasureRow[];
  readonly differences: readonly DifferenceRow[];
  readonly onlyDifferent: boolean;
  readonly all: boolean;
  readonly onAll: () => void;
  readonly onRemove: (id: string) => void;
  readonly onFirst: (id: string) => void;
}

const measuresShown = 14;

/** Measures, then settings, data and code; the first run is what the others are judged against. */
export function CompareTable(props: CompareTableProps) {
  const { runs, measures, differences, onlyDifferent, all, onAll } = props;
  const wanted = onlyDifferent && runs.length > 1 ? measures.filter(({ differs }) => differs) : measures;
  const shown = all ? wanted : wanted.slice(0, measuresShown);
  const differing = differences.filter(({ differs }) => differs);
  const rows = onlyDifferent && runs.length > 1 ? differing : differences;
  const wide = runs.length + (runs.length > 1 ? 2 : 1);
  return (
    <Card flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls a wide table with its arrows */}
      <section className={styles['scroll']} tabIndex={0} aria-label={words.runs.compareTitle(runs.length)}>
        <table className={styles['compare']}>
          <Heads {...props} />
          <tbody>
            <tr className={styles['group']}>
              <th colSpan={wide} scope="colgroup">
                <b>{words.runs.measures}</b> <span className="muted small">{words.runs.measuresShown(shown.length, measures.length)}</span>{' '}
                {wanted.length > measuresShown && (
                  <Button size="compact-xs" variant="subtle" onClick={onAll}>
                    {all ? words.runs.fewer : words.grid.showAll(String(wanted.length))}
                  </Button>
                )}
              </th>
            </tr>
            {shown.map((row) => (
              <Measure key={row.key} row={row} several={runs.length > 1} />
            ))}
            <tr className={styles['group']}>
              <th colSpan={wide} scope="colgroup">
                <b>{words.runs.whatDiffered}</b>{' '}
                <span className="muted small">
                  {differing.length === 0 && runs.length > 1
                    ? words.runs.nothingDiffers
                    : words.runs.differing(differing.length, differences.length, differences.length - differing.length)}
                </span>
              </th>
            </tr>
            {rows.map((row) => (
              <Difference key={`${row.kind} ${row.key}`} row={row} several={runs.length > 1} />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function Heads({ project, runs, onRemove, onFirst }: CompareTableProps) {
  return (
    <thead>
      <tr>
        <td />
        {runs.map((run, place) => (
          <th key={run.id} scope="col">
            <div className={styles['columnHead']}>
              <Link to="/p/$project/runs/$run" params={{ project, run: run.id }} className="name">
                {run.name}
              </Link>
              {place === 0 && runs.length > 1 && <Mark>{words.runs.comparedWith}</Mark>}
              {place > 0 && (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={words.runs.makeFirst(run.name)}
                  title={words.runs.makeFirst(run.name)}
                  onClick={() => onFirst(run.id)}
                >
                  <IconFlag size={14} aria-hidden />
                </ActionIcon>
              )}
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={words.runs.removeRun(run.name)}
                onClick={() => onRemove(run.id)}
              >
                <IconX size={14} aria-hidden />
              </ActionIcon>
            </div>
            <div className="muted small">
              <Moment at_ms={run.started_at_ms} />
              {run.ended_at_ms !== null && `, ${duration(run.ended_at_ms - run.started_at_ms)}`}
            </div>
          </th>
        ))}
        {runs.length > 1 && (
          <th scope="col">
            <span className="second small">{words.runs.verdict}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

const verdictKinds = { better: 'good', worse: 'warn', equal: 'neutral' } as const;

function Measure({ row, several }: { readonly row: MeasureRow; readonly several: boolean }) {
  const { key, direction, values, best, verdict } = row;
  return (
    <tr>
      <th scope="row">
        <code className="name">{key}</code> {direction && <span className="muted small">{words.runs[direction]}</span>}
      </th>
      {values.map((value, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={place} className={best.includes(place) ? styles['bestCell'] : undefined}>
          <span className={styles['figures']}>
            <b className="number" title={String(value)}>
              {written(value)}
            </b>
            {best.includes(place) && <IconStar size={14} role="img" aria-label={words.runs.bestHere} />}
            {place > 0 && <Change metric={key} value={value} other={values[0] ?? null} />}
          </span>
        </td>
      ))}
      {several && <td>{verdict && <Status kind={verdictKinds[verdict]}>{words.runs[verdict]}</Status>}</td>}
    </tr>
  );
}

function Difference({ row, several }: { readonly row: DifferenceRow; readonly several: boolean }) {
  const { key, kind, values, differs } = row;
  const first = values[0] ?? null;
  return (
    <tr>
      <th scope="row">
        <code className="name">{kind === 'data' ? words.runs.dataRow : kind === 'code' ? words.runs.codeRow : key}</code>
      </th>
      {values.map((value, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={place}>
          <code className={`name ${differs && value !== first ? styles['changed'] : ''}`}>{value ?? '–'}</code>
        </td>
      ))}
      {several && <td />}
    </tr>
  );
}
