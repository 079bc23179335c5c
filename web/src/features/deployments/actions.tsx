import { Button, Select } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconPlayerTrackNext, IconRocket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useView } from '../../client/view.ts';
import { Ask } from '../../design/ask.tsx';
import { duration, share } from '../../design/numbers.ts';
import { Empty, Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { useProject } from '../access/access-api.ts';
import { Allowed } from '../access/allowed.tsx';
import { gatesQueries } from '../gates/gates-api.ts';
import { modelsQueries } from '../models/models-api.ts';
import { type Deployment, useDeploymentActions } from './deployments-api.ts';
import { releasable } from './releasable.ts';
import { isLive } from './rollout-view.ts';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const text = words.deployments.actions;

/** What moves traffic: going back stands last and red, the others beside it. */
export function Actions({ project, deployment }: Props) {
  const [view, setView] = useView({ release: 0, choose: false });
  if (deployment.retired) return null;
  const rolling = isLive(deployment.rollout);
  return (
    <>
      <Allowed project={project} to="write">
        <Button
          variant={deployment.champion === null ? 'filled' : 'default'}
          leftSection={<IconRocket size={15} aria-hidden />}
          onClick={() => setView({ choose: true })}
        >
          {text.release}
        </Button>
      </Allowed>
      {rolling && <Promote project={project} deployment={deployment} />}
      <GoBack project={project} deployment={deployment} />
      {(view.choose || view.release > 0) && (
        <Release
          project={project}
          deployment={deployment}
          proposed={view.release}
          onClose={() => setView({ choose: false, release: 0 }, { replace: true })}
        />
      )}
    </>
  );
}

/** Where going back leads: out of the running rollout, or to the version before. */
function backOf({ rollout, champion, previous }: Deployment) {
  if (isLive(rollout) && rollout.displaced !== null) return { from: rollout.version, to: rollout.displaced, rolling: true };
  return champion !== null && previous !== null ? { from: champion, to: previous, rolling: false } : undefined;
}

function GoBack({ project, deployment }: Props) {
  const [open, setOpen] = useState(false);
  const { rollback } = useDeploymentActions(project, deployment.name);
  const may = useProject(project).permissions.includes('write');
  const back = backOf(deployment);
  useHotkeys([['shift+B', () => back && may && setOpen(true)]]);
  if (!back) return null;
  const { from, to, rolling } = back;
  return (
    <>
      <Allowed project={project} to="write">
        <Button
          color="bad"
          variant={rolling ? 'filled' : 'default'}
          leftSection={<IconArrowBackUp size={15} aria-hidden />}
          aria-keyshortcuts="Shift+B"
          onClick={() => setOpen(true)}
        >
          {text.back(to)}
        </Button>
      </Allowed>
      <Ask
        open={open}
        title={text.backTitle(to)}
        consequence={(rolling ? text.backRolling : text.backDone)(from, to)}
        button={text.back(to)}
        danger
        reason="optional"
        busy={rollback.isPending}
        error={rollback.error}
        onClose={() => {
          setOpen(false);
          rollback.reset();
        }}
        onYes={(reason) => rollback.mutate(reason, { onSuccess: () => setOpen(false) })}
      />
    </>
  );
}

function Promote({ project, deployment: { name, rollout } }: Props) {
  const [open, setOpen] = useState(false);
  const { promote } = useDeploymentActions(project, name);
  if (!rollout || rollout.displaced === null) return null;
  const { version, displaced } = rollout;
  return (
    <>
      <Allowed project={project} to="admin">
        <Button variant="default" leftSection={<IconPlayerTrackNext size={15} aria-hidden />} onClick={() => setOpen(true)}>
          {text.promote(version)}
        </Button>
      </Allowed>
      <Ask
        open={open}
        title={text.promoteTitle(version)}
        consequence={text.promoteText(version, displaced)}
        button={text.promote(version)}
        busy={promote.isPending}
        error={promote.error}
        onClose={() => {
          setOpen(false);
          promote.reset();
        }}
        onYes={() => promote.mutate(undefined, { onSuccess: () => setOpen(false) })}
      />
    </>
  );
}

/** Chooses a version and says how it will move in. `proposed` comes from the address: a model's page links here with its version. */
function Release({ project, deployment, proposed, onClose }: Props & { readonly proposed: number; readonly onClose: () => void }) {
  const { name, model, definition } = deployment;
  const { roll } = useDeploymentActions(project, name);
  const versions = useQuery(modelsQueries.versions(project, model));
  const verdicts = useQuery(gatesQueries.verdicts(project, { model })).data ?? [];
  const [chosen, setChosen] = useState<number>();
  const options = releasable(deployment, versions.data ?? [], verdicts);
  const usual = options.find(({ version }) => version === proposed) ?? options.find(({ passed }) => passed) ?? options[0];
  const version = chosen ?? usual?.version;
  const { steps, bake_ms, guard } = definition.rollout;
  const atOnce = deployment.champion === null || steps[0] === 1;
  return (
    <Ask
      open
      title={text.releaseTitle}
      consequence={
        <>
          {atOnce ? text.releaseAtOnce : text.releaseSteps(steps.map(share).join(', '), duration(bake_ms), guard.length)}{' '}
          {isLive(deployment.rollout) && text.releaseOver(deployment.rollout.version)}
        </>
      }
      button={version === undefined ? text.release : text.releaseButton(version)}
      ready={version !== undefined}
      busy={roll.isPending}
      error={roll.error}
      onClose={onClose}
      onYes={() => version !== undefined && roll.mutate(version, { onSuccess: onClose })}
    >
      <Part of={versions} height={60}>
        {() =>
          options.length === 0 ? (
            <Empty sentence={text.noVersions} />
          ) : (
            <Select
              mt="sm"
              data-autofocus
              label={text.version}
              description={definition.gate === undefined ? undefined : text.versionHint}
              data={options.map((one) => ({ value: String(one.version), label: text.option(one.version, text.verdict[one.verdict]) }))}
              value={version === undefined ? null : String(version)}
              onChange={(next) => next !== null && setChosen(Number(next))}
              allowDeselect={false}
            />
          )
        }
      </Part>
    </Ask>
  );
}
