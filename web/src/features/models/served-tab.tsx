import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, share } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { AliasMoves } from './alias-moves.tsx';
import type { ModelFacts } from './model-facts.ts';
import styles from './models.module.css';
import { momentIn, type Span, servingAt } from './served.ts';
import type { VersionTabProps } from './version-tab.ts';

const { served: text } = words.models;

/** Which version answered when, in every deployment of the model, and who let it in. */
export function ServedTab({ project, version, facts }: VersionTabProps) {
  const rows = facts.spans.map((span) => ({
    span,
    project,
    model: version.model,
    again: facts.spans.filter((one) => one.deployment === span.deployment && one.version === span.version).length > 1,
    approvals: approvalsOf(span, facts.approvals),
  }));
  return (
    <>
      <Card title={text.title} note={count(rows.length)} action={rows.length > 0 && <At facts={facts} />} flush>
        {rows.length === 0 ? (
          <Empty sentence={text.empty} />
        ) : (
          <Table
            label={text.title}
            rows={rows}
            columns={columns}
            keyOf={({ span }) => `${span.deployment} ${span.rollout}`}
            chosen={({ span }) => span.version === version.number}
          />
        )}
      </Card>
      <AliasMoves project={project} version={version} facts={facts} />
    </>
  );
}

/** A moment, and what answered then. */
function At({ facts }: { readonly facts: ModelFacts }) {
  const { zone } = useContext(TimeContext);
  const [view, setView] = useView({ at: '' });
  const at_ms = momentIn(zone, view.at);
  return (
    <span className={styles['at']}>
      <TextInput
        type="datetime-local"
        size="xs"
        label={text.at}
        title={text.atHint(zone)}
        value={view.at}
        onChange={({ currentTarget }) => setView({ at: currentTarget.value }, { replace: true })}
      />
      {at_ms !== undefined && (
        <span role="status" className="name">
          {facts.deployments.map(({ name }) => answerAt(facts, name, at_ms)).join(' ')}
        </span>
      )}
    </span>
  );
}

function answerAt({ rollouts }: ModelFacts, deployment: string, at_ms: number): string {
  const parts = servingAt(
    rollouts.filter((one) => one.deployment === deployment),
    at_ms,
  );
  if (parts.length === 0) return text.nothing(deployment);
  return text.answer(
    parts.map((one) => text.part(one.version, share(one.share))),
    deployment,
  );
}

interface Row {
  readonly project: string;
  readonly model: string;
  readonly span: Span;
  /** The version came back: its rows are counted for each time apart. */
  readonly again: boolean;
  readonly approvals: readonly Approval[];
}

const columns = [
  {
    key: 'version',
    title: text.columns.version,
    cell: ({ project, model, span }: Row) => (
      <Link to="/p/$project/models/$model/versions/$version" params={{ project, model, version: String(span.version) }}>
        {words.models.version(span.version)}
      </Link>
    ),
  },
  { key: 'deployment', title: text.columns.deployment, cell: ({ span }: Row) => <bdi className="name">{span.deployment}</bdi> },
  { key: 'from', title: text.columns.from, cell: ({ span }: Row) => <Moment at_ms={span.from_ms} /> },
  { key: 'full', title: text.columns.full, cell: ({ span }: Row) => <Moment at_ms={span.full_ms} /> },
  {
    key: 'until',
    title: text.columns.until,
    cell: ({ span }: Row) => (span.until_ms === null ? text.now : <Moment at_ms={span.until_ms} />),
  },
  { key: 'rows', title: text.columns.rows, number: true, cell: (row: Row) => <Counted row={row} field="rows" /> },
  { key: 'outcomes', title: text.columns.outcomes, number: true, cell: (row: Row) => <Counted row={row} field="outcomes" /> },
  {
    key: 'approved',
    title: text.columns.approved,
    cell: ({ project, approvals }: Row) =>
      approvals.length === 0 ? (
        <span className="muted">{text.notAsked}</span>
      ) : (
        approvals.map(({ id, decisions }) => (
          <Link
            key={id}
            to="/p/$project/questions/approvals/$approval"
            params={{ project, approval: id }}
            className={`name ${styles['cell']}`}
          >
            {decisions.map(({ name }) => name).join(', ')}
          </Link>
        ))
      ),
  },
];

/** What the version answered in that span; one question for all versions, as long as none came back. */
function Counted({ row: { project, span, again }, field }: { readonly row: Row; readonly field: 'rows' | 'outcomes' }) {
  const { from_ms, until_ms } = span;
  const range = again ? { from_ms, ...(until_ms === null ? {} : { to_ms: until_ms }) } : {};
  const served = useQuery(deploymentQueries.served(project, span.deployment, range)).data;
  const own = served?.counts.filter((one) => one.version === span.version && one.status === 'ok');
  return count(own?.reduce((sum, one) => sum + one[field], 0));
}

const approvalsOf = (span: Span, approvals: readonly Approval[]): Approval[] =>
  approvals.filter(({ event }) => span.approvals.includes(event));
