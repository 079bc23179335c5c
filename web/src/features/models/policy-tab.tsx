import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, duration, share } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { eventQuery } from '../audit/audit-api.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Gate } from '../gates/gates-api.ts';
import { criterionRow } from './criteria.ts';
import styles from './models.module.css';
import type { VersionTabProps } from './version-tab.ts';

const { policy: text, approval } = words.gates;

/** What a version of this model must hold, who must sign, and by which steps it goes live. */
export function PolicyTab({ project, facts }: VersionTabProps) {
  if (facts.gates.length === 0 && facts.deployments.length === 0) {
    return (
      <Card>
        <Empty sentence={text.none}>
          <p className="muted">{text.noneLine}</p>
        </Empty>
      </Card>
    );
  }
  return (
    <Columns widths="minmax(0, 2fr) minmax(0, 1fr)">
      <Stack>
        {facts.gates.map((gate) => (
          <GateCard key={gate.name} project={project} gate={gate} />
        ))}
      </Stack>
      <Stack>
        {facts.deployments.map((deployment) => (
          <RolloutCard key={deployment.name} project={project} deployment={deployment} />
        ))}
      </Stack>
    </Columns>
  );
}

function GateCard({ project, gate }: { readonly project: string; readonly gate: Gate }) {
  const set = useQuery(eventQuery(project, gate.changed_event)).data;
  const { criteria, approvals } = gate.definition;
  return (
    <>
      <Card title={text.gate(gate.name)} note={count(criteria.length)} flush>
        <Table
          label={text.gate(gate.name)}
          rows={criteria.map((one, index) => ({ ...criterionRow(one), key: String(index) }))}
          keyOf={({ key }) => key}
          columns={[
            { key: 'what', title: text.columns.what, cell: ({ what }) => <bdi className={`name ${styles['cell']}`}>{what}</bdi> },
            { key: 'limit', title: text.columns.limit, cell: ({ limit }) => <span className={styles['cell']}>{limit}</span> },
            { key: 'on', title: text.columns.on, cell: ({ on }) => <bdi className={`name ${styles['cell']}`}>{on}</bdi> },
          ]}
        />
      </Card>
      <Card title={text.approvals}>
        <Facts
          facts={[
            ...Object.entries(approvals).map(([environment, needed]) => [text.approval(environment), approval.needs(needed)] as const),
            [text.managedBy, text.managed[gate.managed_by]],
            [text.revision, count(gate.revision)],
            ...(set
              ? [[text.set, <Moment key="set" at_ms={set.at_ms} />] as const, [text.by, <bdi key="by">{set.caller.name}</bdi>] as const]
              : []),
          ]}
        />
      </Card>
    </>
  );
}

function RolloutCard({ project, deployment }: { readonly project: string; readonly deployment: Deployment }) {
  const { environment, rollout } = deployment.definition;
  return (
    <Card
      title={text.rollout(deployment.name)}
      action={
        <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: deployment.name }}>
          {words.models.deploy.open}
        </Link>
      }
    >
      <Facts
        facts={[
          [text.environment, environment],
          [text.steps, rollout.steps.map(share).join(', ')],
          ...(rollout.guard.length > 0 ? [[text.guards, rollout.guard.join(', ')] as const] : []),
          ...(rollout.bake_ms > 0 ? [[text.bake, duration(rollout.bake_ms)] as const] : []),
        ]}
      />
    </Card>
  );
}
