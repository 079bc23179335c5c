import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../design/card.tsx';
import { Problem } from '../../design/state.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { useMe, usePersonName } from '../access/access-api.ts';
import styles from './approvals.module.css';
import { type Approval, useDecide } from './approvals-api.ts';
import { useViewer } from './questions-page.tsx';
import { standingOf } from './standing.ts';

const t = words.approvals;

/** The answers so far, and mine with a reason if I may give one. There are no keys for signing, on purpose. */
export function Decision({ project, approval }: { readonly project: string; readonly approval: Approval }) {
  const me = useMe().data;
  const standing = standingOf(approval, useViewer(project));
  return (
    <Card
      title={standing === 'closed' ? t.decisionAnswers : t.decision}
      note={standing === 'decide' && me ? <bdi className="name">{`${me.name}. ${t.standing.decide}`}</bdi> : undefined}
    >
      <div className={styles['decision']}>
        <Answers project={project} approval={approval} />
        {standing === 'decide' ? (
          <Form project={project} approval={approval} />
        ) : (
          (standing !== 'closed' || approval.decisions.length === 0) && (
            <p className={styles['standing']}>
              <StatusIcon kind={standing === 'asked' ? 'warn' : 'neutral'} />
              <span>{t.standing[standing]}</span>
            </p>
          )
        )}
      </div>
    </Card>
  );
}

function Answers({ project, approval: { decisions } }: { readonly project: string; readonly approval: Approval }) {
  const nameOf = usePersonName(project);
  if (decisions.length === 0) return null;
  return (
    <ul className={styles['answers']}>
      {decisions.map(({ person, decision, reason, at_ms }) => (
        <li key={person}>
          <span
            aria-hidden
            className={`${styles['initials']} ${decision === 'refuse' ? styles['no'] : ''}`}
            data-initials={initials(nameOf(person))}
          />
          <span className="name">
            <b>
              <bdi>{nameOf(person)}</bdi>
            </b>{' '}
            {decision === 'approve' ? t.approved : t.rejected} <Moment at_ms={at_ms} />
            {reason && <bdi className="second name"> “{reason}”</bdi>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return parts
    .slice(0, 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toUpperCase();
}

function Form({ project, approval }: { readonly project: string; readonly approval: Approval }) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const decide = useDecide(project, approval.id);
  const send = (decision: 'approve' | 'refuse') => {
    if (reason.trim() === '') setMissing(true);
    else decide.mutate({ decision, reason: reason.trim() });
  };
  return (
    <>
      <Textarea
        label={t.reason}
        description={t.reasonHint}
        value={reason}
        autosize
        minRows={2}
        maxLength={2000}
        required
        error={missing ? t.reasonNeeded : undefined}
        onChange={(event) => {
          setReason(event.currentTarget.value);
          setMissing(false);
        }}
      />
      {decide.error && <Problem error={decide.error} />}
      <div className={styles['buttons']}>
        <Button
          variant="outline"
          color="bad"
          leftSection={<IconX size={16} aria-hidden />}
          loading={decide.isPending}
          onClick={() => send('refuse')}
        >
          {t.reject}
        </Button>
        <Button color="human" leftSection={<IconCheck size={16} aria-hidden />} loading={decide.isPending} onClick={() => send('approve')}>
          {t.approve}
        </Button>
      </div>
    </>
  );
}
