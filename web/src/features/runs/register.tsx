import { Button, Modal, Select, TextInput } from '@mantine/core';
import { IconBox } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ButtonLink } from '../../client/links.tsx';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import type { ListedVersion } from '../models/models-api.ts';
import { makersOf, modelFilesOf, proposedModel } from './registering.ts';
import { type Artifact, artifactsQuery, changes, experimentsQuery, type RunDetail, runQuery, useRunChange } from './runs-api.ts';
import { useVersionsOfRuns } from './use-versions-of-runs.ts';

/** The name that a run of this experiment would be registered under; undefined until it is known. */
function useProposal(project: string, experiment: string): string | undefined {
  const experiments = useQuery(experimentsQuery(project));
  const versions = useVersionsOfRuns(project);
  const makers = makersOf(versions ?? []);
  const asked = useQueries({ queries: makers.map(({ run }) => runQuery(project, run)) });
  const named = experiments.data?.items.find(({ id }) => id === experiment);
  if (!named || !versions || asked.some(({ isPending }) => isPending)) return undefined;
  const read = makers.flatMap(({ model }, at) => {
    const run = asked[at]?.data;
    return run ? [{ model, run }] : [];
  });
  return proposedModel(named, read);
}

function useRegister(project: string) {
  const navigate = useNavigate();
  const toVersion = ({ version: { model, number } }: { readonly version: Pick<ListedVersion, 'model' | 'number'> }) =>
    void navigate({ to: '/p/$project/models/$model/versions/$version', params: { project, model, version: String(number) } });
  return { register: useRunChange(changes.register(project)), toVersion };
}

/** Leads to the version that was made of a run. */
export function OpenVersion({ project, version }: { readonly project: string; readonly version: Pick<ListedVersion, 'model' | 'number'> }) {
  return (
    <ButtonLink
      leftSection={<IconBox size={15} aria-hidden />}
      to="/p/$project/models/$model/versions/$version"
      params={{ project, model: version.model, version: String(version.number) }}
    >
      {words.runs.openVersion}
    </ButtonLink>
  );
}

/** One press makes a version of the run's model, under a name that the button says; a version that is there already is opened. */
export function RegisterRun({ project, run }: { readonly project: string; readonly run: RunDetail }) {
  const artifacts = useQuery(artifactsQuery(project, run.id));
  const version = useVersionsOfRuns(project)?.find(({ run_id }) => run_id === run.id);
  const model = useProposal(project, run.experiment);
  const { register, toVersion } = useRegister(project);
  const [file] = modelFilesOf(artifacts.data?.items ?? []);
  if (version) return <OpenVersion project={project} version={version} />;
  if (!file || !model || run.lifecycle !== 'active' || run.status !== 'finished') return null;
  return (
    <>
      <Allowed project={project} to="write">
        <Button
          leftSection={<IconBox size={15} aria-hidden />}
          loading={register.isPending}
          onClick={() => register.mutate({ model, file: file.digest, run: run.id }, { onSuccess: toVersion })}
        >
          {words.runs.registerRun(run.name, model)}
        </Button>
      </Allowed>
      {register.error && <Problem error={register.error} />}
    </>
  );
}

export interface RegisterDialogProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly models: readonly Artifact[];
  readonly onClose: () => void;
}

/** The same with a choice of name and file. */
export function RegisterDialog({ project, run, models, onClose }: RegisterDialogProps) {
  const [typed, setTyped] = useState<string>();
  const [path, setPath] = useState<string | null>(null);
  const proposal = useProposal(project, run.experiment);
  const { register, toVersion } = useRegister(project);
  const model = (typed ?? proposal ?? '').trim();
  const chosen = models.find((one) => one.path === (path ?? models[0]?.path));
  return (
    <Modal opened onClose={onClose} title={`${words.runs.register}: ${run.name}`} closeButtonProps={{ 'aria-label': words.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen && model !== '') register.mutate({ model, file: chosen.digest, run: run.id }, { onSuccess: toVersion });
        }}
      >
        <TextInput
          label={words.runs.registerAs}
          value={typed ?? proposal ?? ''}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label={words.runs.registerFile}
          data={models.map((one) => one.path)}
          value={chosen?.path ?? null}
          onChange={setPath}
          allowDeselect={false}
        />
        <p className="second small">{words.runs.registerSays}</p>
        {register.error && <Problem error={register.error} />}
        <Button type="submit" mt="sm" disabled={model === '' || !chosen} loading={register.isPending}>
          {words.runs.register}
        </Button>
      </form>
    </Modal>
  );
}
