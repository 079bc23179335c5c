import { TextInput } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, share } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { AliasMoves } from './alias-moves.tsx';
import type { ModelFacts } from './model-facts.ts';
import styles from './models.module.css';
import { type Approval, modelsQueries, type Served } from './models-api.ts';
import { momentIn, type Span, servingAt } from './served.ts';
import type { VersionTabProps } from './version-tab.ts';

const { served: text } = words.models;

/** Which version answered when, in every deployment of the model, and who let it in. */
export function ServedTab({ project, version, facts }: VersionTabProps) {
  const counts = useQueries({ queries: facts.deployments.map(({ name }) => modelsQueries.served(project, name)) });
  const served = new Map(facts.deployments.map(({ name }, index) => [name, counts[index]?.data]));
  const rows = facts.spans.map((span) => ({
    span,
    project,
    model: version.model,
    ...rowsOf(served.get(span.deployment), span.version),
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
  readonly rows: number | undefined;
  readonly outcomes: number | undefined;
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
  { key: 'rows', title: text.columns.rows, number: true, cell: ({ rows }: Row) => count(rows) },
  { key: 'outcomes', title: text.columns.outcomes, number: true, cell: ({ outcomes }: Row) => count(outcomes) },
  {
    key: 'approved',
    title: text.columns.approved,
    cell: ({ project, approvals }: Row) =>
      approvals.length === 0 ? (
        <span className="muted">{text.notAsked}</span>
      ) : (
        approvals.map(({ id, decisions }) => (
          <Link key={id} to="/p/$project/questions/approvals/$approval" params={{ project, approval: id }} className="name">
            {decisions.map(({ name }) => name).join(', ')}
          </Link>
        ))
      ),
  },
];

/** All rows of the version in that deployment; a version that was there twice shows the sum at both. */
function rowsOf(served: Served | undefined, version: number): { readonly rows: number | undefined; readonly outcomes: number | undefined } {
  const own = served?.counts.filter((one) => one.version === version && one.status === 'ok');
  return { rows: own?.reduce((sum, { rows }) => sum + rows, 0), outcomes: own?.reduce((sum, { outcomes }) => sum + outcomes, 0) };
}

const approvalsOf = (span: Span, approvals: readonly Approval[]): Approval[] =>
  approvals.filter(({ event }) => span.approvals.includes(event));
