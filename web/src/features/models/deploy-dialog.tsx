import { NativeSelect } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import styles from './models.module.css';
import { useRoll } from './models-api.ts';
import { type Release, releaseOf } from './release.ts';
import type { VersionTabProps } from './version-tab.ts';

const { deploy: text } = words.models;

/** Where the version goes and what happens then; or what is missing. */
export function DeployDialog({ project, version, facts, onClose }: VersionTabProps & { readonly onClose: () => void }) {
  const [name, setName] = useState(facts.deployments[0]?.name ?? '');
  const navigate = useNavigate();
  const roll = useRoll(project);
  const deployment = facts.deployments.find((one) => one.name === name);
  const approvals = facts.approvals.filter((one) => one.version === version.number);
  const verdict = facts.verdicts.find((one) => one.version === version.number && one.gate === deployment?.definition.gate);
  const release = deployment && releaseOf({ version, deployment, verdict, approvals });
  const waiting = approvals.find(({ state }) => state === 'requested');
  const toDeployment = () => void navigate({ to: '/p/$project/deployments/$deployment', params: { project, deployment: name } });
  return (
    <Ask
      open
      title={text.title(version.number)}
      consequence={release ? text.consequence : text.none}
      button={deployment ? text.confirm(version.number, name) : text.noButton}
      ready={release?.possible ?? false}
      busy={roll.isPending}
      error={roll.error}
      onYes={() => roll.mutate({ deployment: name, version: version.number }, { onSuccess: toDeployment })}
      onClose={onClose}
    >
      {release && (
        <div className={styles['calls']}>
          <NativeSelect
            label={text.deployment}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            data={facts.deployments.map((one) => ({ value: one.name, label: text.option(one.name, one.definition.environment) }))}
          />
          <Plan release={release} waits={waiting !== undefined} />
          {waiting && !release.possible && (
            <p>
              <Link to="/p/$project/questions/approvals/$approval" params={{ project, approval: waiting.id }}>
                {text.openApproval}
              </Link>
            </p>
          )}
        </div>
      )}
    </Ask>
  );
}

/** What will happen, sentence by sentence, or what is missing. */
function Plan({ release, waits }: { readonly release: Release; readonly waits: boolean }) {
  return (
    <div className={styles['plan']} role="status">
      <StatusIcon kind={release.possible ? 'running' : waits ? 'human' : 'bad'} size={18} />
      <div>
        {release.sentences.map((sentence) => (
          <p key={sentence} className="name">
            {sentence}
          </p>
        ))}
      </div>
    </div>
  );
}
