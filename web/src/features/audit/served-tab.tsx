import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { moment, share } from '../../design/numbers.ts';
import { Traffic } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { usePersonName, useProject } from '../access/access-api.ts';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { deploymentQueries, listedRollouts, type Rollout } from '../deployments/deployments-api.ts';
import styles from './audit.module.css';
import { approversOf, beginOf, type ServedPart, servedAt } from './served.ts';
import { fromField, toField } from './zone.ts';

const t = words.audit.served;

/** Which version answered at a moment, and who allowed it. */
export function Served({ project }: { readonly project: string }) {
  const { zone, now_ms, clock } = useProject(project);
  const [view, setView] = useView({ at: '', deployment: '' });
  const asked = useQuery(deploymentQueries.list(project));
  const at = view.at === '' ? toField(now_ms, zone) : view.at;
  const at_ms = fromField(at, zone);
  return (
    <Part of={asked} height={200}>
      {(deployments) => {
        const [first] = deployments;
        if (!first) return <Empty sentence={t.none} />;
        const name = deployments.find((one) => one.name === view.deployment)?.name ?? first.name;
        return (
          <>
            <Card>
              <div className={styles['fields']}>
                <TextInput
                  label={t.moment}
                  description={`${t.zone(zone)}${clock === 'data' ? `, ${t.dataClock}` : ''}`}
                  type="datetime-local"
                  // The field keeps its own text: the address follows a moment later, and must not undo a part that is typed by keys.
                  defaultValue={at}
                  error={at_ms === null ? words.audit.badTime : undefined}
                  onChange={(event) => setView({ at: event.currentTarget.value }, { replace: true })}
                />
                <Select
                  label={t.deployment}
                  data={deployments.map((one) => one.name)}
                  value={name}
                  allowDeselect={false}
                  onChange={(deployment) => setView({ deployment: deployment ?? '' })}
                />
              </div>
            </Card>
            {at_ms !== null && <ServedAt project={project} deployment={name} at_ms={at_ms} />}
          </>
        );
      }}
    </Part>
  );
}

interface At {
  readonly project: string;
  readonly deployment: string;
  readonly at_ms: number;
}

function ServedAt({ project, deployment, at_ms }: At) {
  const asked = useQuery(deploymentQueries.rollouts(project, deployment));
  const { zone, now_ms } = useContext(TimeContext);
  return (
    <Part of={asked} height={200}>
      {(rollouts) => {
        const parts = servedAt(rollouts, at_ms);
        const said = parts.map((part) => t.part(part.version, share(part.share))).join(t.and);
        return (
          <Card title={parts.length === 0 ? t.nothing : t.sentence(deployment, said)} flush={parts.length > 0}>
            {parts.length > 0 && (
              <>
                <div className={styles['foot']}>
                  <Traffic
                    label={t.traffic(deployment)}
                    parts={parts.map((part, index) => ({
                      key: String(part.version),
                      name: `v${part.version} ${share(part.share)}`,
                      share: part.share,
                      newcomer: index > 0,
                    }))}
                  />
                </div>
                <Parts project={project} parts={parts} rollouts={rollouts} />
              </>
            )}
            <Notes rollouts={rollouts} at_ms={at_ms} now_ms={now_ms()} zone={zone} />
          </Card>
        );
      }}
    </Part>
  );
}

interface NotesProps {
  readonly rollouts: readonly Rollout[];
  readonly at_ms: number;
  readonly now_ms: number;
  readonly zone: string;
}

function Notes({ rollouts, at_ms, now_ms, zone }: NotesProps) {
  const begin_ms = beginOf(rollouts);
  const notes = [
    at_ms > now_ms ? t.ahead : '',
    begin_ms !== null && at_ms < begin_ms && rollouts.length < listedRollouts ? t.begins(moment(begin_ms, zone, now_ms)) : '',
    begin_ms !== null && rollouts.length >= listedRollouts ? t.limited(listedRollouts, moment(begin_ms, zone, now_ms)) : '',
  ].filter(Boolean);
  return notes.length === 0 ? null : <p className={`${styles['foot']} second`}>{notes.join(' ')}</p>;
}

interface PartsProps {
  readonly project: string;
  readonly parts: readonly ServedPart[];
  readonly rollouts: readonly Rollout[];
}

function Parts({ project, parts, rollouts }: PartsProps) {
  const { columns } = t;
  const model = rollouts[0]?.model ?? '';
  return (
    <Table
      label={words.audit.tabs.served}
      rows={parts}
      keyOf={({ version }) => String(version)}
      columns={[
        {
          key: 'version',
          title: columns.version,
          cell: ({ version }) => (
            <Link to="/p/$project/models/$model/versions/$version" params={{ project, model, version: String(version) }} className="name">
              {model} v{version}
            </Link>
          ),
        },
        { key: 'share', title: columns.share, number: true, cell: (part) => share(part.share) },
        { key: 'since', title: columns.since, number: true, cell: ({ since_ms }) => <Moment at_ms={since_ms} /> },
        { key: 'approved', title: columns.approved, cell: ({ permit }) => <Approvers project={project} permit={permit} /> },
        {
          key: 'evidence',
          title: columns.evidence,
          cell: ({ permit }) =>
            permit === null ? (
              '–'
            ) : (
              <Link to="/p/$project/audit" params={{ project }} search={{ open: permit.verdict_event } as never}>
                {t.verdict} {permit.verdict_event}
              </Link>
            ),
        },
        { key: 'why', title: columns.why, cell: ({ why }) => <bdi className={`name second small ${styles['value']}`}>{why}</bdi> },
      ]}
    />
  );
}

function Approvers({ project, permit }: { readonly project: string; readonly permit: ServedPart['permit'] }) {
  const approvals = useQuery(approvalsQuery(project)).data;
  const nameOf = usePersonName(project);
  if (permit === null || approvals === undefined) return '–';
  if (permit.approval_events.length === 0) return <span className="muted">{t.noApproval}</span>;
  const people = approversOf(permit, approvals);
  if (people.length === 0) return <span className="muted">{t.unknownApproval}</span>;
  return people.map(({ person, at_ms }) => (
    <span key={person} className="name">
      <bdi>{nameOf(person)}</bdi>{' '}
      <span className="muted small">
        <Moment at_ms={at_ms} />
      </span>
    </span>
  ));
}
