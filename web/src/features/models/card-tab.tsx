import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, share } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { useLightPrint } from '../../design/print.ts';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { eventQuery } from '../audit/audit-api.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { runQuery } from '../runs/runs-api.ts';
import { CalibrationCard, QualityCard, SlicesCard } from './card-figures.tsx';
import { importanceRows, qualityRows, tablesOf } from './model-card.ts';
import styles from './models.module.css';
import type { VersionTabProps } from './version-tab.ts';
import { newestVerdict } from './versions.ts';

const { card: text, actions } = words.models;
const mostColumns = 8;

/** What someone must know before using the version, from its own figures; one sheet when printed. */
export function CardTab(props: VersionTabProps) {
  const { project, version, facts } = props;
  useLightPrint();
  const run = useQuery({ ...runQuery(project, version.run_id ?? ''), enabled: version.run_id !== null }).data;
  const verdict = newestVerdict(facts.verdicts, version.number);
  const quality = qualityRows(verdict, run);
  return (
    <div className={styles['sheet']}>
      <div className={styles['print']}>
        <Button variant="default" leftSection={<IconPrinter size={16} stroke={1.75} aria-hidden />} onClick={() => window.print()}>
          {actions.print}
        </Button>
      </div>
      <Columns widths="repeat(2, minmax(0, 1fr))">
        <Stack>
          <UseCard {...props} />
          <ServiceCard {...props} />
        </Stack>
        <DataCard {...props} />
      </Columns>
      <QualityCard rows={quality} />
      <SlicesCard verdict={verdict} />
      <Columns widths="repeat(2, minmax(0, 1fr))">
        <Stack>
          <CalibrationCard rows={quality} />
          <ImportanceCard {...props} />
        </Stack>
        <Stack>
          <ApprovalsCard {...props} />
          <LineageCard {...props} />
        </Stack>
      </Columns>
    </div>
  );
}

function UseCard({ version, facts }: VersionTabProps) {
  const { owner, intended_use, description } = facts.model?.definition ?? {};
  const { signature } = version;
  return (
    <Card title={text.use}>
      <Facts
        facts={[
          ...(intended_use ? [[text.intended, intended_use] as const] : []),
          ...(description ? [[text.description, description] as const] : []),
          ...(owner ? [[text.owner, owner] as const] : []),
          [text.predicts, text.task[signature.task]],
          ...(signature.target === null ? [] : [[text.target, signature.target] as const]),
          ...(signature.classes.length > 0 ? [[text.classes, signature.classes.join(', ')] as const] : []),
          [text.inputs, count(signature.inputs.length)],
        ]}
      />
    </Card>
  );
}

function ServiceCard({ project, version, facts }: VersionTabProps) {
  const served = useQueries({ queries: facts.deployments.map(({ name }) => deploymentQueries.served(project, name)) });
  const counts = served.flatMap(({ data }) => data?.counts ?? []).filter((one) => one.version === version.number && one.status === 'ok');
  const spans = facts.spans.filter((span) => span.version === version.number);
  if (spans.length === 0) return null;
  const sum = (field: 'rows' | 'outcomes') => count(counts.reduce((total, one) => total + one[field], 0));
  return (
    <Card title={text.serving}>
      <Facts
        facts={[
          ...spans.map(
            (span) =>
              [
                span.deployment,
                <span key={span.rollout}>
                  <Moment at_ms={span.from_ms} only="day" /> {text.until}{' '}
                  {span.until_ms === null ? words.models.served.now : <Moment at_ms={span.until_ms} only="day" />}
                </span>,
              ] as const,
          ),
          [text.servedRows, sum('rows')],
          [text.outcomes, sum('outcomes')],
        ]}
      />
    </Card>
  );
}

function DataCard({ project, version, facts }: VersionTabProps) {
  const execution = useQuery({
    ...pipelinesQueries.execution(project, version.execution_id ?? ''),
    enabled: version.execution_id !== null,
  }).data;
  const data = useQueries({
    queries: version.dataset_versions.map(({ dataset, number }) => datasetsQueries.version(project, dataset, number)),
  });
  const tables = tablesOf(version, execution);
  if (version.dataset_versions.length === 0 && tables.length === 0) return null;
  return (
    <Card title={text.data}>
      <Facts
        facts={[
          ...version.dataset_versions.map(
            ({ dataset, number }, index) =>
              [
                text.dataset,
                <span key={dataset}>
                  <Link to="/p/$project/datasets/$dataset" params={{ project, dataset }} className="name">
                    {`${dataset}@${number}`}
                  </Link>
                  {data[index]?.data && `, ${words.common.rows(count(data[index].data.rows))}`}
                </span>,
              ] as const,
          ),
          ...tables.map(({ name, rows }) => [text.table(name), words.common.rows(count(rows))] as const),
          ...(execution ? Object.entries(execution.execution.params).map(([key, value]) => [text.param(key), String(value)] as const) : []),
          [text.made, <Moment key="made" at_ms={facts.madeAt_ms(version)} />],
        ]}
      />
    </Card>
  );
}

function ImportanceCard({ version }: VersionTabProps) {
  const rows = importanceRows(version, mostColumns);
  const [first] = rows;
  if (!first) return null;
  return (
    <Card title={text.importance} note={text.importanceNote}>
      <ul className={styles['bars']}>
        {rows.map(({ name, share: part }) => (
          <li key={name}>
            <bdi className="name">{name}</bdi>
            <Meter label={words.models.signature.importanceOf(name, share(part))} share={part / first.share} />
            <span className="number">{share(part)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ApprovalsCard({ version, facts }: VersionTabProps) {
  const verdict = newestVerdict(facts.verdicts, version.number);
  const decisions = facts.approvals
    .filter(({ verdict_event }) => verdict_event === verdict?.event)
    .flatMap((one) => one.decisions.map((each) => ({ ...each, environment: one.environment })));
  if (decisions.length === 0) return null;
  return (
    <Card title={text.approvals}>
      {decisions.map(({ person, name, decision, environment, reason, at_ms }) => (
        <div key={`${person} ${environment}`} className={styles['decision']}>
          <p>
            <b className="name">{name}</b> {text.decided[decision]} <Moment at_ms={at_ms} /> ({environment})
          </p>
          <p className="second name">{reason}</p>
        </div>
      ))}
    </Card>
  );
}

function LineageCard({ project, version }: VersionTabProps) {
  const registered = useQuery(eventQuery(project, version.event)).data;
  const { run_id, execution_id, code } = version;
  return (
    <Card title={text.lineage}>
      <Facts
        facts={[
          ...(execution_id === null
            ? []
            : [
                [
                  text.execution,
                  <Link
                    key="execution"
                    to="/p/$project/executions/$execution"
                    params={{ project, execution: execution_id }}
                    className="mono"
                  >
                    {execution_id}
                  </Link>,
                ] as const,
              ]),
          ...(run_id === null
            ? []
            : [
                [
                  text.run,
                  <Link key="run" to="/p/$project/runs/$run" params={{ project, run: run_id }} className="mono">
                    {run_id}
                  </Link>,
                ] as const,
              ]),
          ...(code?.commit ? [[text.commit, <code key="commit">{code.commit}</code>] as const] : []),
          ...(code?.digest ? [[text.code, <code key="code">{code.digest}</code>] as const] : []),
          ...version.files.map(({ path, digest }) => [path, <code key={path}>{digest}</code>] as const),
          [text.digest, version.flavor === 'outside' ? text.unknownDigest : <code key="digest">{version.digest}</code>],
          ...(registered ? [[text.registered, <bdi key="who">{registered.caller.name}</bdi>] as const] : []),
        ]}
      />
    </Card>
  );
}
