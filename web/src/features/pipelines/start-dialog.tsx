import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { count } from '../../design/numbers.ts';
import { Part, Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import styles from './pipelines.module.css';
import { type Definition, type Execution, type Param, pipelinesQueries, useStart } from './pipelines-api.ts';
import { formOf, type StartForm, startOf, wrongIn } from './start-form.ts';

/** Versions of an input to choose from: the newest. */
const shownVersions = 100;

const said = words.pipelines.start;

export interface StartDialogProps {
  readonly project: string;
  readonly pipeline: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** An execution whose inputs and params the form begins with. */
  readonly like?: Pick<Execution, 'params' | 'inputs'>;
}

const raised = { background: 'var(--s-raised)' };

/** With which inputs and parameters shall it start? */
export function StartDialog({ project, pipeline, open, onClose, like }: StartDialogProps) {
  const asked = useQuery(pipelinesQueries.list(project));
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={<span className="name">{said.title(pipeline)}</span>}
      // Mantine locks the page behind by a style that our policy refuses.
      lockScroll={false}
      closeButtonProps={{ 'aria-label': words.common.close }}
      styles={{ content: raised, header: raised }}
    >
      <Part of={asked}>
        {(pipelines) => {
          const definition = pipelines.find(({ name }) => name === pipeline)?.definition;
          return definition && <Form project={project} pipeline={pipeline} definition={definition} {...(like ? { like } : {})} />;
        }}
      </Part>
    </Modal>
  );
}

function Form(props: { readonly definition: Definition } & Pick<StartDialogProps, 'project' | 'pipeline' | 'like'>) {
  const { project, pipeline, definition, like } = props;
  const [form, setForm] = useState<StartForm>(() => formOf(definition, like));
  const start = useStart(project, pipeline);
  const navigate = useNavigate();
  const body = startOf(definition, form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!body) return;
    start.mutate(body, {
      onSuccess: ({ id }) => void navigate({ to: '/p/$project/executions/$execution', params: { project, execution: id } }),
    });
  };
  return (
    <form onSubmit={submit} className={styles['form']}>
      {definition.inputs.map((name) => (
        <Input
          key={name}
          project={project}
          dataset={name}
          value={form.inputs[name] ?? ''}
          onChange={(value) => setForm({ ...form, inputs: { ...form.inputs, [name]: value } })}
        />
      ))}
      {Object.entries(definition.params).map(([name, usual]) => (
        <Field
          key={name}
          name={name}
          usual={usual}
          value={form.params[name] ?? ''}
          onChange={(value) => setForm({ ...form, params: { ...form.params, [name]: value } })}
        />
      ))}
      <Checkbox
        label={said.cache}
        checked={form.cache}
        onChange={({ currentTarget }) => setForm({ ...form, cache: currentTarget.checked })}
      />
      {start.error && <Problem error={start.error} />}
      <div className={styles['buttons']}>
        <Button type="submit" loading={start.isPending} disabled={!body}>
          {said.submit}
        </Button>
      </div>
    </form>
  );
}

interface InputProps {
  readonly project: string;
  readonly dataset: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Input({ project, dataset, value, onChange }: InputProps) {
  const versions = useQuery(datasetsQueries.newest(project, dataset, shownVersions)).data ?? [];
  return (
    <NativeSelect
      label={<span className="name">{dataset}</span>}
      description={said.newestHint}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        { value: '', label: said.newest },
        ...versions.map(({ number, rows }) => ({ value: String(number), label: said.version(number, count(rows)) })),
      ]}
    />
  );
}

interface FieldProps {
  readonly name: string;
  readonly usual: Param;
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
}

function Field({ name, usual, value, onChange }: FieldProps) {
  const label = <span className="name">{name}</span>;
  if (typeof usual === 'boolean')
    return <Checkbox label={label} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />;
  return (
    <TextInput
      label={label}
      description={said.usual(String(usual))}
      value={String(value)}
      error={wrongIn(usual, value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
