import { Button, TextInput } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { wouldAlert } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Definition, type Monitor, type Result, useMonitorActions } from './monitors-api.ts';

interface Props {
  readonly project: string;
  readonly monitor: Monitor;
  readonly results: readonly Result[];
}

const text = words.monitors.limits;
const bounds = ['min', 'max'] as const;
type Bound = (typeof bounds)[number];

/** The limits of quality, with what they would have meant for the windows shown. */
export function EditLimits({ project, monitor, results }: Props) {
  const [open, setOpen] = useState(false);
  if (Object.keys(monitor.definition.performance).length === 0) return null;
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={15} aria-hidden />} onClick={() => setOpen(true)}>
          {text.button}
        </Button>
      </Allowed>
      {open && <Edit project={project} monitor={monitor} results={results} onClose={() => setOpen(false)} />}
    </>
  );
}

function Edit({ project, monitor, results, onClose }: Props & { readonly onClose: () => void }) {
  const { define } = useMonitorActions(project);
  const { name, definition, managed_by } = monitor;
  const [fields, setFields] = useState(() => fieldsOf(definition.performance));
  const performance = performanceOf(Object.keys(definition.performance), fields);
  return (
    <Ask
      open
      title={text.title}
      consequence={`${text.text}${managed_by === 'file' ? ` ${text.file}` : ''}`}
      button={text.save}
      ready={performance !== undefined}
      busy={define.isPending}
      error={define.error}
      onClose={onClose}
      onYes={() => performance && define.mutate({ monitor: name, body: { ...definition, performance } }, { onSuccess: onClose })}
    >
      <div className={styles['fields']}>
        {Object.keys(definition.performance).flatMap((metric) =>
          bounds.map((bound) => (
            <TextInput
              key={`${metric} ${bound}`}
              label={text[bound](metric)}
              inputMode="decimal"
              value={fields[metric]?.[bound] ?? ''}
              error={Number.isNaN(Number(fields[metric]?.[bound] ?? '')) ? text.wrong : undefined}
              onChange={(event) => setFields({ ...fields, [metric]: { ...fields[metric], [bound]: event.currentTarget.value } })}
            />
          )),
        )}
      </div>
      <p className="second" style={{ marginTop: 10 }} aria-live="polite">
        {performance && text.preview(wouldAlert(results, performance), results.length)}
      </p>
    </Ask>
  );
}

type Fields = Readonly<Record<string, Partial<Readonly<Record<Bound, string>>> | undefined>>;

function fieldsOf(performance: Definition['performance']): Fields {
  return Object.fromEntries(
    Object.entries(performance).map(([metric, { min, max }]) => [
      metric,
      { ...(min === undefined ? {} : { min: String(min) }), ...(max === undefined ? {} : { max: String(max) }) },
    ]),
  );
}

/** The limits that the form means; undefined where one is no number. */
function performanceOf(metrics: readonly string[], fields: Fields): Definition['performance'] | undefined {
  const limits = metrics.map((metric) => {
    const set = bounds.flatMap((bound) => {
      const written = fields[metric]?.[bound]?.trim() ?? '';
      return written === '' ? [] : [[bound, Number(written)] as const];
    });
    return [metric, Object.fromEntries(set)] as const;
  });
  const sane = limits.every(([, set]) => Object.values(set).every(Number.isFinite));
  return sane ? Object.fromEntries(limits) : undefined;
}
