import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { CopyLine } from '../../design/copy-line.tsx';
import { Facts, Figure } from '../../design/facts.tsx';
import { metric, share } from '../../design/numbers.ts';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { type Input, modelsQueries, type Version } from '../models/models-api.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries, type Prediction, type ServedRow, useDeploymentActions } from './deployments-api.ts';
import { curlOf, fieldsOf, hintOf, rowOf } from './try-form.ts';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const text = words.deployments.try;

/** A form from the signature of what serves, that sends a real row. */
export function TryTab({ project, deployment }: Props) {
  if (deployment.champion === null || deployment.retired) {
    return (
      <Card>
        <Empty sentence={text.none} />
      </Card>
    );
  }
  return <Try project={project} deployment={deployment} champion={deployment.champion} />;
}

function Try({ project, deployment, champion }: Props & { readonly champion: number }) {
  const version = useQuery(modelsQueries.version(project, deployment.model, champion));
  const example = useQuery(deploymentQueries.example(project, deployment.name));
  // The example comes first, so that the form does not change under the hand of whoever fills it.
  const settled = example.data !== undefined || example.error !== null;
  return (
    <Part of={{ ...version, data: settled ? version.data : undefined }} height={360}>
      {(data) => <Form project={project} deployment={deployment} version={data} example={example.data ?? null} />}
    </Part>
  );
}

interface FormProps extends Props {
  readonly version: Version;
  readonly example: ServedRow | null;
}

function Form({ project, deployment, version, example }: FormProps) {
  const { inputs } = version.signature;
  const { predict } = useDeploymentActions(project, deployment.name);
  const [fields, setFields] = useState(() => fieldsOf(inputs, example?.body ?? {}));
  const [tried, setTried] = useState(false);
  const { row, wrong } = rowOf(inputs, fields);
  return (
    <Columns widths="minmax(0, 1.7fr) minmax(0, 1fr)">
      <Card title={text.title} note={text.note(version.number)}>
        <p className="second">
          {text.sentence} {example?.body && text.filled}
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (Object.keys(wrong).length === 0) predict.mutate(row);
          }}
        >
          <div className={styles['fields']}>
            {inputs.map((input) => (
              <Field
                key={input.name}
                input={input}
                value={fields[input.name] ?? ''}
                error={tried ? wrong[input.name] : undefined}
                onChange={(value) => setFields({ ...fields, [input.name]: value })}
              />
            ))}
          </div>
          <div className={styles['tools']} style={{ marginTop: 14 }}>
            <Allowed project={project} to="predict">
              <Button type="submit" loading={predict.isPending}>
                {text.send}
              </Button>
            </Allowed>
          </div>
        </form>
      </Card>
      <Stack>
        <Card title={text.answer}>
          <div aria-live="polite">
            {predict.error && <Problem error={predict.error} />}
            {predict.data ? <Answer prediction={predict.data} /> : !predict.error && <p className="muted">{text.before}</p>}
          </div>
        </Card>
        <Card title={text.curl}>
          <CopyLine line={curlOf(location.origin, deployment.name, row)} label={text.curl} />
          <p className="small muted">{text.token}</p>
        </Card>
      </Stack>
    </Columns>
  );
}

interface FieldProps {
  readonly input: Input;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function Field({ input, value, error, onChange }: FieldProps) {
  const { name, kind, categories, unit, nullable } = input;
  const label = unit === null ? name : `${name} (${unit})`;
  const description = hintOf(input) || undefined;
  if (kind === 'category' && categories !== null) {
    // A value that training never saw may be tried as well: the server says what it makes of it.
    const data = value === '' || categories.includes(value) ? categories : [value, ...categories];
    return (
      <Select
        label={label}
        description={description}
        error={error}
        data={[...new Set(data)]}
        value={value === '' ? null : value}
        onChange={(next) => onChange(next ?? '')}
        searchable
        clearable={nullable}
        withAsterisk={!nullable}
        limit={200}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={description}
      error={error}
      value={value}
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      withAsterisk={!nullable}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Answer({ prediction: { predictions } }: { readonly prediction: Prediction }) {
  const [answer] = predictions;
  if (!answer) return null;
  const { id, version, label, probability, probabilities, prediction, warnings } = answer;
  const figure = probability ?? prediction;
  return (
    <>
      {figure !== undefined && <Figure value={metric(figure)} unit={probability === undefined ? text.number : text.probability} />}
      <Facts
        facts={[
          ...(label === undefined ? [] : [[text.answer, label] as const]),
          ...Object.entries(probabilities ?? {}).map(([name, value]) => [text.of(name), share(value)] as const),
          [words.deployments.predictions.facts.version, words.common.version(version)],
          [text.id, <code key="id">{id}</code>],
        ]}
      />
      <h3 style={{ marginTop: 10 }}>{text.warnings}</h3>
      {warnings.length === 0 ? (
        <p className="second">{text.noWarnings}</p>
      ) : (
        <ul className="name">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}
