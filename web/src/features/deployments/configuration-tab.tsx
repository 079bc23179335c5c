import { Button } from '@mantine/core';
import { useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { CopyLine } from '../../design/copy-line.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, duration, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { type Deployment, useDeploymentActions } from './deployments-api.ts';
import { ModelLink } from './model-link.tsx';
import { guardNames } from './rollout-view.ts';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const text = words.deployments.configuration;

export function ConfigurationTab({ project, deployment }: Props) {
  const { name, definition, managed_by, revision } = deployment;
  const { rollout, unexpected, keep_bodies } = definition;
  const unusual = Object.entries(unexpected).map(([column, rule]) => text[rule](column));
  return (
    <Columns widths="minmax(0, 1fr) minmax(0, 1fr)">
      <Stack>
        <Card title={text.title}>
          <Facts
            facts={[
              [text.model, <ModelLink key="model" project={project} model={definition.model} />],
              [text.environment, definition.environment],
              [text.gate, definition.gate ?? text.noGate],
              [text.bodies, keep_bodies === false ? text.notKept : text.kept],
              [text.unexpected, unusual.length === 0 ? text.usual : unusual.join('; ')],
              [text.managed, text.managedBy[managed_by]],
              [text.revision, count(revision)],
            ]}
          />
          {managed_by === 'file' && <p className="small muted">{text.fileNote}</p>}
        </Card>
        {!deployment.retired && <Retire project={project} name={name} />}
      </Stack>
      <Stack>
        <Card title={text.plan}>
          <Facts
            facts={[
              [text.steps, rollout.steps.map(share).join(', ')],
              [text.bake, duration(rollout.bake_ms)],
              [text.guard, rollout.guard.length === 0 ? text.noGate : guardNames(rollout.guard)],
              [text.least, rollout.least_rows === undefined ? text.usualOf : count(rollout.least_rows)],
              [text.wait, rollout.longest_wait_ms === undefined ? text.usualOf : duration(rollout.longest_wait_ms)],
            ]}
          />
        </Card>
        <Card title={text.addresses}>
          {addressesOf(name).map(([label, line]) => (
            <div key={label}>
              <h3>{label}</h3>
              <CopyLine line={line} label={label} />
            </div>
          ))}
        </Card>
      </Stack>
    </Columns>
  );
}

function addressesOf(name: string): readonly (readonly [label: string, line: string])[] {
  const encoded = encodeURIComponent(name);
  return [
    [text.own, `${location.origin}/api/v1/deployments/${encoded}/predict`],
    [text.open, `${location.origin}/v2/models/${encoded}/infer`],
    [text.mlflow, `${location.origin}/serve/${encoded}/invocations`],
  ];
}

function Retire({ project, name }: { readonly project: string; readonly name: string }) {
  const [open, setOpen] = useState(false);
  const { retire } = useDeploymentActions(project, name);
  const { actions } = words.deployments;
  return (
    <div>
      <Allowed project={project} to="admin">
        <Button variant="default" onClick={() => setOpen(true)}>
          {actions.retire}
        </Button>
      </Allowed>
      <Ask
        open={open}
        title={actions.retireTitle(name)}
        consequence={actions.retireText}
        button={actions.retire}
        danger
        busy={retire.isPending}
        error={retire.error}
        onClose={() => {
          setOpen(false);
          retire.reset();
        }}
        onYes={() => retire.mutate(undefined, { onSuccess: () => setOpen(false) })}
      />
    </div>
  );
}
