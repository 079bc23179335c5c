import { Button, Select, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconLink, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { Page } from '../../design/page.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { useProject } from '../access/access-api.ts';
import { fromField } from '../audit/audit-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { metricsOf, nameOf } from './report.ts';
import styles from './reports.module.css';
import { type Period, performanceQuery } from './reports-api.ts';
import { Sheet } from './sheet.tsx';

const t = words.reports;

/** What would I tell the board? One sheet of a period and a deployment, made to be printed. */
export function ReportsPage() {
  const { project } = useNames('project');
  const asked = useQuery(deploymentQueries.list(project));
  const [view] = useView({ deployment: '' });
  const { zone } = useProject(project);
  const period = usePeriod(zone);
  const deployment = asked.data?.find(({ name }) => name === view.deployment) ?? asked.data?.[0];
  return (
    <Page title={t.title} actions={deployment && <Actions />}>
      <Part of={asked} height={600}>
        {(deployments) =>
          deployment ? (
            <div className={styles['layout']}>
              <Outline project={project} deployment={deployment.name} names={deployments.map(({ name }) => name)} period={period} />
              <Sheet project={project} deployment={deployment} period={period} />
            </div>
          ) : (
            <Card>
              <Empty sentence={t.none} />
            </Card>
          )
        }
      </Part>
    </Page>
  );
}

/** Months of the address as moments of the project; the last month is included. */
function usePeriod(zone: string): Period {
  const [view] = useView({ from: '', to: '' });
  const start = (month: string) => (/^\d{4}-\d\d$/.test(month) ? fromField(`${month}-01`, zone) : null);
  return { from_ms: start(view.from), to_ms: start(following(view.to)) };
}

function following(month: string): string {
  const [year, number] = month.split('-').map(Number);
  if (!year || !number) return '';
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

/** Paper is white, whatever the screen is. Also for who prints with the keys of the browser. */
function usePaper(): void {
  useEffect(() => {
    const { documentElement: root } = document;
    const name = 'data-mantine-color-scheme';
    let before: string | null = null;
    const begin = () => {
      before = root.getAttribute(name);
      root.setAttribute(name, 'light');
    };
    const end = () => {
      if (before !== null) root.setAttribute(name, before);
    };
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
}

function Actions() {
  usePaper();
  const { copy, copied } = useClipboard();
  return (
    <>
      <Button
        variant="default"
        className={styles['screen'] ?? ''}
        leftSection={<IconLink size={16} aria-hidden />}
        onClick={() => copy(location.href)}
      >
        {copied ? words.common.copied : t.copyLink}
      </Button>
      <Button className={styles['screen'] ?? ''} leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => print()}>
        {t.print}
      </Button>
    </>
  );
}

interface OutlineProps {
  readonly project: string;
  readonly deployment: string;
  readonly names: readonly string[];
  readonly period: Period;
}

function Outline({ project, deployment, names, period }: OutlineProps) {
  const [view, setView] = useView({ deployment: '', from: '', to: '', metric: '' });
  const total = useQuery(performanceQuery(project, deployment, period)).data?.total;
  const metrics = metricsOf(total);
  const chosen = metrics.includes(view.metric) ? view.metric : (metrics[0] ?? null);
  const month = (name: 'from' | 'to') => (
    <TextInput
      size="xs"
      type="month"
      label={t[name]}
      placeholder="2026-01"
      value={view[name]}
      onChange={(event) => setView({ [name]: event.currentTarget.value }, { replace: true })}
    />
  );
  return (
    <div className={styles['outline']}>
      <nav aria-label={t.contents}>
        <span className="muted small">{t.contents}</span>
        <ol>
          {Object.entries(t.parts).map(([key, name]) => (
            <li key={key}>
              <a href={`#${key}`}>{name}</a>
            </li>
          ))}
        </ol>
      </nav>
      <div className={styles['options']}>
        {names.length > 1 && (
          <Select
            size="xs"
            label={t.deployment}
            data={[...names]}
            value={deployment}
            allowDeselect={false}
            onChange={(name) => setView({ deployment: name ?? '' })}
          />
        )}
        {month('from')}
        {month('to')}
        {metrics.length > 0 && (
          <Select
            size="xs"
            label={t.metric}
            data={metrics.map((value) => ({ value, label: nameOf(value) }))}
            value={chosen}
            allowDeselect={false}
            onChange={(metric) => setView({ metric: metric ?? '' })}
          />
        )}
        {(view.from !== '' || view.to !== '') && (
          <Button size="xs" variant="default" onClick={() => setView({ from: '', to: '' })}>
            {t.whole}
          </Button>
        )}
        <p className="muted small">{t.optionsNote}</p>
      </div>
    </div>
  );
}
