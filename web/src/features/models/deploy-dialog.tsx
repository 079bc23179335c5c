import { Button, Modal, NativeSelect } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { Empty, Problem } from '../../design/state.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import styles from './models.module.css';
import { type Deployment, useRoll } from './models-api.ts';
import { releaseOf } from './release.ts';
import type { VersionTabProps } from './version-tab.ts';

const { deploy: text } = words.models;

/** Where the version goes and what happens then; or what is missing. */
export function DeployDialog(props: VersionTabProps & { readonly onClose: () => void }) {
  const { version, facts, onClose } = props;
  const [name, setName] = useState(facts.deployments[0]?.name ?? '');
  const deployment = facts.deployments.find((one) => one.name === name);
  return (
    <Modal opened onClose={onClose} title={text.title(version.number)} size="lg">
      {deployment ? (
        <div className={styles['dialog']}>
          <NativeSelect
            label={text.deployment}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            data={facts.deployments.map((one) => ({ value: one.name, label: text.option(one.name, one.definition.environment) }))}
          />
          <Plan {...props} deployment={deployment} />
        </div>
      ) : (
        <Empty sentence={text.none}>
          <code>slipway apply</code>
        </Empty>
      )}
    </Modal>
  );
}

function Plan(props: VersionTabProps & { readonly deployment: Deployment; readonly onClose: () => void }) {
  const { project, version, facts, deployment, onClose } = props;
  const navigate = useNavigate();
  const roll = useRoll(project);
  const approvals = facts.approvals.filter((one) => one.version === version.number);
  const verdict = facts.verdicts.find((one) => one.version === version.number && one.gate === deployment.definition.gate);
  const { possible, sentences } = releaseOf({ version, deployment, verdict, approvals });
  const waiting = approvals.find(({ state }) => state === 'requested');
  const toDeployment = () => void navigate({ to: '/p/$project/deployments/$deployment', params: { project, deployment: deployment.name } });
  return (
    <>
      <div className={styles['plan']}>
        <StatusIcon kind={possible ? 'running' : waiting ? 'human' : 'bad'} size={18} />
        <div>
          {sentences.map((sentence) => (
            <p key={sentence} className="name">
              {sentence}
            </p>
          ))}
        </div>
      </div>
      {roll.error && <Problem error={roll.error} />}
      <div className={styles['dialogEnd']}>
        <Button variant="default" onClick={onClose}>
          {words.common.cancel}
        </Button>
        {waiting && !possible ? (
          <ButtonLink color="human" to="/p/$project/questions/approvals/$approval" params={{ project, approval: waiting.id }}>
            {text.openApproval}
          </ButtonLink>
        ) : (
          <Button
            disabled={!possible}
            loading={roll.isPending}
            onClick={() => roll.mutate({ deployment: deployment.name, version: version.number }, { onSuccess: toDeployment })}
          >
            {text.confirm(version.number, deployment.name)}
          </Button>
        )}
      </div>
    </>
  );
}
