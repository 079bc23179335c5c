import { useQuery } from '@tanstack/react-query';
import { Facts } from '../../design/facts.tsx';
import { metric } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { usePersonName } from '../access/access-api.ts';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { approversOf, servedAt } from '../audit/audit-api.ts';
import { type Deployment, deploymentQueries } from '../deployments/deployments-api.ts';
import { gatesQueries } from '../gates/gates-api.ts';
import { modelsQueries } from '../models/models-api.ts';
import type { Span } from './report.ts';
import styles from './reports.module.css';

const t = words.reports.model;
const { unknown } = words.reports;

interface CardProps {
  readonly project: string;
  readonly deployment: Deployment;
  readonly span: Span;
}

type Permit = ReturnType<typeof servedAt>[number]['permit'];

/** The version that served at the end of the period: what it is for, from what it learnt, who let it in, on what figures. */
export function ModelCard({ project, deployment, span }: CardProps) {
  const asked = useQuery(deploymentQueries.rollouts(project, deployment.name));
  return (
    <section id="model">
      <Part of={asked} height={200}>
        {(rollouts) => {
          const [served] = servedAt(rollouts, span.to_ms - 1);
          if (!served) return <p>{`${unknown.prefix}${unknown.noVersion}`}</p>;
          return <Version project={project} model={deployment.definition.model} version={served.version} permit={served.permit} />;
        }}
      </Part>
    </section>
  );
}

interface VersionProps {
  readonly project: string;
  readonly model: string;
  readonly version: number;
  readonly permit: Permit;
}

function Version({ project, model, version, permit }: VersionProps) {
  const asked = useQuery(modelsQueries.version(project, model, version));
  const definition = useQuery(modelsQueries.list(project)).data?.find(({ name }) => name === model)?.definition;
  const approvals = useQuery(approvalsQuery(project)).data ?? [];
  const nameOf = usePersonName(project);
  const people = approversOf(permit, approvals).map(({ person }) => nameOf(person));
  return (
    <>
      <h3 className="name">
        {t.title(model, version)} <span className="muted small">{t.note}</span>
      </h3>
      <Part of={asked} height={140}>
        {({ signature, dataset_versions, created_at_ms, digest }) => (
          <Facts
            facts={[
              [t.owner, definition?.owner ?? `${unknown.prefix}${unknown.noOwner}`],
              [t.use, definition?.intended_use ?? `${unknown.prefix}${unknown.noUse}`],
              [t.task, t.tasks[signature.task]],
              [t.inputs, t.inputsOf(signature.inputs.length, signature.target ?? '–')],
              [t.data, dataset_versions.map(({ dataset, number }) => `${dataset} v${number}`).join(', ') || '–'],
              [t.made, <Moment key="made" at_ms={created_at_ms} />],
              [t.approved, people.join(', ') || (permit?.approval_events.length === 0 ? t.nobody : unknown.short)],
              [t.digest, <code key="digest">{digest.slice(0, 16)}</code>],
            ]}
          />
        )}
      </Part>
      {permit !== null && <Evidence project={project} model={model} version={version} event={permit.verdict_event} />}
    </>
  );
}

interface EvidenceProps {
  readonly project: string;
  readonly model: string;
  readonly version: number;
  readonly event: number;
}

function Evidence({ project, model, version, event }: EvidenceProps) {
  const verdict = useQuery(gatesQueries.verdictAt(project, model, version, event)).data;
  if (verdict === undefined) return null;
  if (verdict === null) return <p className="second">{`${unknown.prefix}${unknown.earlier}`}</p>;
  return (
    <div className={styles['scroll']}>
      <h4>{t.gate(verdict.gate)}</h4>
      <Table
        label={t.gate(verdict.gate)}
        rows={verdict.evidence}
        keyOf={({ criterion }) => criterion}
        columns={[
          {
            key: 'figure',
            title: t.columns.figure,
            cell: ({ metric: name, slice }) => (
              <span className={`name ${styles['figureName']}`}>{slice === null ? name : `${name} (${slice})`}</span>
            ),
          },
          { key: 'value', title: t.columns.value, number: true, cell: ({ value }) => (value === null ? unknown.short : metric(value)) },
          { key: 'before', title: t.columns.before, number: true, cell: ({ rival }) => metric(rival?.value) },
          { key: 'limit', title: t.columns.limit, cell: ({ limit }) => <span className="second small">{limit}</span> },
          {
            key: 'state',
            title: t.columns.state,
            cell: ({ holds }) => <Status kind={holds ? 'good' : 'bad'}>{holds ? t.holds : t.fails}</Status>,
          },
        ]}
      />
    </div>
  );
}
