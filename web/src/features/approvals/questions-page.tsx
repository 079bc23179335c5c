import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { useNames, useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { moment } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Tasks } from '../../design/tasks.tsx';
import { Moment, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { useMe, usePersonName, useProject } from '../access/access-api.ts';
import styles from './approvals.module.css';
import { type Approval, approvalsQuery, listLimit } from './approvals-api.ts';
import { given, sorted, standingOf, waitingSentence } from './standing.ts';

const t = words.approvals;
const shownFirst = 20;

export const stateKinds: Readonly<Record<Approval['state'], StatusKind>> = {
  requested: 'human',
  granted: 'good',
  refused: 'bad',
  void: 'neutral',
};

/** What waits for a person: mine first, then that of others, then what was answered. */
export function QuestionsPage() {
  const { project } = useNames('project');
  const [view, setView] = useView({ shown: shownFirst });
  const asked = useQuery(approvalsQuery(project));
  const { zone, now_ms } = useContext(TimeContext);
  const viewer = useViewer(project);
  const lists = asked.data && sorted(asked.data, viewer);
  const last = lists ? Math.max(0, ...lists.decided.map(({ decided_at_ms }) => decided_at_ms ?? 0)) : 0;
  return (
    <Page
      title={t.title}
      sentence={lists && waitingSentence(lists.mine.length, lists.others.length, last > 0 ? moment(last, zone, now_ms()) : null)}
    >
      <Part of={asked} height={240}>
        {(items) => {
          const { mine, others, decided } = sorted(items, viewer);
          return (
            <>
              {mine.length > 0 && <Waiting project={project} title={t.waitsForYou} items={mine} mine />}
              {others.length > 0 && <Waiting project={project} title={t.waitsForOthers} items={others} />}
              {items.length === 0 && (
                <Card>
                  <Empty sentence={t.emptySentence} />
                </Card>
              )}
              {decided.length > 0 && (
                <Card title={t.answered} note={decided.length} flush>
                  <Decided project={project} items={decided.slice(0, view.shown)} />
                  {decided.length > view.shown && (
                    <p className={styles['foot']}>
                      <Button variant="default" onClick={() => setView({ shown: view.shown + shownFirst * 2 }, { replace: true })}>
                        {words.common.loadOlder}
                      </Button>
                    </p>
                  )}
                  {items.length >= listLimit && <p className={`${styles['foot']} muted small`}>{t.only(listLimit)}</p>}
                </Card>
              )}
            </>
          );
        }}
      </Part>
    </Page>
  );
}

/** Who looks, as far as it matters for an answer. */
export function useViewer(project: string) {
  const { permissions } = useProject(project);
  const me = useMe().data;
  return { person: me?.person ?? null, mayApprove: permissions.includes('approve') };
}

interface WaitingProps {
  readonly project: string;
  readonly title: string;
  readonly items: readonly Approval[];
  readonly mine?: boolean;
}

function Waiting({ project, title, items, mine = false }: WaitingProps) {
  const viewer = useViewer(project);
  return (
    <Card title={title} note={items.length} flush>
      <Tasks
        items={items.map((approval) => ({
          key: approval.id,
          kind: mine ? 'human' : 'neutral',
          title: t.question(approval.version, approval.model, approval.environment),
          why: `${t.progress(given(approval), approval.needed)}. ${mine ? '' : t.standing[standingOf(approval, viewer)]}`.trim(),
          since_ms: approval.created_at_ms,
          button: (
            <ButtonLink
              to="/p/$project/questions/approvals/$approval"
              params={{ project, approval: approval.id }}
              variant={mine ? 'filled' : 'default'}
              {...(mine ? { color: 'human' } : {})}
            >
              {mine ? t.review : t.look}
            </ButtonLink>
          ),
        }))}
      />
    </Card>
  );
}

function Decided({ project, items }: { readonly project: string; readonly items: readonly Approval[] }) {
  const nameOf = usePersonName(project);
  return (
    <Table
      label={t.answered}
      rows={items}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'question',
          title: t.columns.question,
          cell: ({ id, version, model, environment }) => (
            <Link to="/p/$project/questions/approvals/$approval" params={{ project, approval: id }} className="name">
              {t.question(version, model, environment)}
            </Link>
          ),
        },
        { key: 'state', title: t.columns.state, cell: ({ state }) => <Status kind={stateKinds[state]}>{t.states[state]}</Status> },
        {
          key: 'by',
          title: t.columns.by,
          cell: ({ decisions }) => <bdi className="name">{decisions.map((one) => nameOf(one.person)).join(', ') || '–'}</bdi>,
        },
        {
          key: 'reason',
          title: t.columns.reason,
          cell: ({ decisions }) => (
            <bdi className={`name second small ${styles['reason']}`}>{decisions.map(({ reason }) => reason).join(' ') || '–'}</bdi>
          ),
        },
        { key: 'at', title: t.columns.at, number: true, cell: ({ decided_at_ms }) => <Moment at_ms={decided_at_ms} /> },
      ]}
    />
  );
}
