import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { count, metric } from '../../design/numbers.ts';
import { Interval } from '../../design/pictures.tsx';
import { Part } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { type Evidence, gatesQueries, type Verdict } from '../gates/gates-api.ts';
import styles from './approvals.module.css';
import type { Approval } from './approvals-api.ts';
import { axisOf, boundOf, type Closeness, closenessOf, nameOf } from './evidence.ts';

const t = words.approvals;
const kinds: Readonly<Record<Closeness, StatusKind>> = { inside: 'good', close: 'warn', past: 'bad', unknown: 'neutral' };

/** Every figure of the verdict with its limit; the intervals of one metric share an axis. */
export function EvidenceCard({ project, approval }: { readonly project: string; readonly approval: Approval }) {
  const asked = useQuery(gatesQueries.verdictAt(project, approval.model, approval.version, approval.verdict_event));
  if (asked.data === null) return null;
  return (
    <Card title={t.evidenceTitle} note={asked.data && t.evidenceNote(asked.data.champion)} flush>
      <Part of={asked} height={260}>
        {(verdict) => verdict && <EvidenceTable verdict={verdict} />}
      </Part>
    </Card>
  );
}

function EvidenceTable({ verdict }: { readonly verdict: Verdict }) {
  const { evidence, version, champion } = verdict;
  return (
    <Table
      label={t.evidenceTitle}
      rows={evidence}
      keyOf={({ criterion }) => criterion}
      columns={[
        { key: 'figure', title: t.evidenceColumns.figure, cell: (one) => <b className={`name ${styles['figure']}`}>{nameOf(one)}</b> },
        { key: 'rows', title: t.evidenceColumns.rows, number: true, cell: ({ rows }) => count(rows) },
        {
          key: 'rival',
          title: champion === null ? t.evidenceColumns.noRival : t.evidenceColumns.rival(champion),
          number: true,
          cell: ({ rival }) => metric(rival?.value),
        },
        { key: 'value', title: t.evidenceColumns.value(version), number: true, cell: ({ value }) => <b>{metric(value)}</b> },
        { key: 'interval', title: t.evidenceColumns.interval, cell: (one) => <Span one={one} all={evidence} /> },
        {
          key: 'limit',
          title: t.evidenceColumns.limit,
          cell: ({ limit }) => <span className={`second small ${styles['limit']}`}>{limit}</span>,
        },
        {
          key: 'state',
          title: t.evidenceColumns.state,
          cell: (one) => <Status kind={kinds[closenessOf(one)]}>{t.closeness[closenessOf(one)]}</Status>,
        },
      ]}
    />
  );
}

function Span({ one, all }: { readonly one: Evidence; readonly all: readonly Evidence[] }) {
  const axis = axisOf(all, one.metric);
  const { value, low, high } = one;
  if (!axis || value === null || low === null || high === null) return '–';
  const limit = boundOf(one.limit)?.value;
  return (
    <div style={{ width: 104 }}>
      <Interval
        label={t.intervalLabel(nameOf(one), metric(value), metric(low), metric(high))}
        low={low}
        value={value}
        high={high}
        {...axis}
        {...(limit === undefined ? {} : { limit })}
      />
    </div>
  );
}
