import { Button } from '@mantine/core';
import { IconRefresh, IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { useView } from '../../client/view.ts';
import { Ask } from '../../design/ask.tsx';
import { Card } from '../../design/card.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { eventQuery } from '../audit/audit-api.ts';
import type { Gate, Verdict } from '../gates/gates-api.ts';
import { ApprovalRows } from './approval-rows.tsx';
import { CheckRow } from './check-row.tsx';
import { checkGroups } from './criteria.ts';
import styles from './models.module.css';
import { useEvaluate } from './models-api.ts';
import { standingOfVersion, type VersionTabProps } from './version-tab.ts';
import { newestVerdict } from './versions.ts';

const { gate: gateWords, groups: groupWords, holdOf } = words.gates;

/** The verdict as a sentence, then every criterion like a check on a pull request. */
export function VerdictCard(props: VersionTabProps) {
  const { project, version, facts } = props;
  const [view, setView] = useView({ criterion: '' });
  const verdict = newestVerdict(facts.verdicts, version.number);
  const { kind, sentence } = standingOfVersion(version, facts);
  const approvals = facts.approvals.filter(({ verdict_event }) => verdict_event === verdict?.event);
  const waiting = approvals.find(({ state }) => state === 'requested');
  const [gate] = facts.gates;
  return (
    <Card flush>
      <div className={styles['verdict']}>
        <StatusIcon kind={kind} size={26} />
        <div className={styles['verdictText']}>
          <h2 className="name">{sentence}</h2>
          {verdict ? (
            <GateLine project={project} verdict={verdict} gate={facts.gates.find(({ name }) => name === verdict.gate)} />
          ) : (
            <p className="second small">{gate ? gateWords.notJudged : gateWords.noGate}</p>
          )}
        </div>
        {gate && <Evaluate project={project} gate={verdict?.gate ?? gate.name} version={version} first={!verdict} />}
        {waiting && (
          <ButtonLink
            to="/p/$project/questions/approvals/$approval"
            params={{ project, approval: waiting.id }}
            color="human"
            leftSection={<IconUserQuestion size={16} stroke={1.75} aria-hidden />}
          >
            {gateWords.approve}
          </ButtonLink>
        )}
      </div>
      {verdict &&
        checkGroups(verdict).map(({ name, holds, checks }) => (
          <section key={name} aria-label={groupWords[name]}>
            <h3 className={styles['group']}>
              {groupWords[name]} <span>{holdOf(holds, checks.length)}</span>
            </h3>
            <ul className={styles['checks']}>
              {checks.map((check) => (
                <CheckRow
                  key={check.key}
                  check={check}
                  facts={facts}
                  open={view.criterion === check.key}
                  onOpen={(open) => setView({ criterion: open ? check.key : '' })}
                />
              ))}
            </ul>
          </section>
        ))}
      {verdict && <ApprovalRows project={project} verdict={verdict} approvals={approvals} />}
    </Card>
  );
}

/** Which gate, who set it, what it found and when. */
function GateLine({ project, verdict, gate }: { readonly project: string; readonly verdict: Verdict; readonly gate: Gate | undefined }) {
  const set = useQuery({ ...eventQuery(project, gate?.changed_event ?? 0), enabled: gate !== undefined }).data;
  const holds = verdict.evidence.filter((one) => one.holds).length;
  return (
    <p className="second small name">
      {gateWords.gate} <b>{verdict.gate}</b>
      {set && (
        <>
          , {gateWords.setBy(verdict.gate_revision)} <bdi>{set.caller.name}</bdi> {gateWords.on} <Moment at_ms={set.at_ms} only="day" />
        </>
      )}
      ; {gateWords.counts(holds, verdict.evidence.length)}. {gateWords.judged} <Moment at_ms={verdict.created_at_ms} />.
    </p>
  );
}

function Evaluate(props: {
  readonly project: string;
  readonly gate: string;
  readonly version: VersionTabProps['version'];
  readonly first: boolean;
}) {
  const { project, gate, version } = props;
  const [open, setOpen] = useState(false);
  const evaluate = useEvaluate(project);
  const start = () => evaluate.mutate({ gate, model: version.model, version: version.number }, { onSuccess: () => setOpen(false) });
  const label = props.first ? gateWords.evaluateFirst : gateWords.evaluate;
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.75} aria-hidden />} onClick={() => setOpen(true)}>
          {label}
        </Button>
      </Allowed>
      <Ask
        open={open}
        title={label}
        consequence={
          <>
            <bdi>{gateWords.again(gate, version.number)}</bdi>
            {evaluate.isPending && <> {gateWords.evaluating}</>}
          </>
        }
        button={label}
        busy={evaluate.isPending}
        error={evaluate.error}
        onYes={start}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
