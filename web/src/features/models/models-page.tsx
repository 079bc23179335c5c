import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { age, count, metric, share } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Spark } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark, Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { TimeContext } from '../../design/time.tsx';
import { together } from '../../design/together.ts';
import { words } from '../../words/index.ts';
import { type Approval, approvalsQuery } from '../approvals/approvals-api.ts';
import { type Deployment, deploymentQueries } from '../deployments/deployments-api.ts';
import { gatesQueries, type Verdict } from '../gates/gates-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { headline, keyOf } from './criteria.ts';
import styles from './models.module.css';
import { type Model, modelsQueries } from './models-api.ts';
import { modelsSentence } from './standing.ts';
import { newestVerdict, verdictWord } from './versions.ts';

const { list: text } = words.models;

interface Row {
  readonly project: string;
  readonly model: Model;
  readonly deployments: readonly Deployment[];
  /** Newest first. */
  readonly verdicts: readonly Verdict[];
  readonly approvals: readonly Approval[];
}

/** Which models exist, who owns them, where they serve, and how good they are? */
export function ModelsPage() {
  const { project } = useNames('project');
  const asked = together(
    [
      useQuery(modelsQueries.list(project)),
      useQuery(deploymentQueries.list(project)),
      useQuery(gatesQueries.verdicts(project)),
      useQuery(approvalsQuery(project)),
    ],
    ([models, deployments, verdicts, approvals]) => ({
      sentence: modelsSentence(models, deployments, approvals.filter(({ state }) => state === 'requested').length),
      rows: models.map((model) => ({
        project,
        model,
        deployments: deployments.filter((one) => !one.retired && one.model === model.name),
        verdicts: verdicts.filter((one) => one.model === model.name),
        approvals: approvals.filter((one) => one.model === model.name),
      })),
    }),
  );
  return (
    <Page title={text.title} sentence={asked.data?.sentence}>
      <Part of={asked}>
        {({ rows }) => (
          <Card flush>
            {rows.length === 0 ? (
              <Empty sentence={text.empty}>
                <code>{text.emptyLine}</code>
              </Empty>
            ) : (
              <Table label={text.title} columns={columns} keyOf={({ model }) => model.name} rows={rows} />
            )}
          </Card>
        )}
      </Part>
    </Page>
  );
}

/** The version that stands for the model: its champion, else its newest. */
const mainOf = ({ aliases, latest }: Model): number | null => aliases['champion'] ?? latest;

const columns = [
  {
    key: 'model',
    title: text.columns.model,
    cell: ({ project, model: { name, retired, definition } }: Row) => (
      <span className={styles['modelName']}>
        <Link to="/p/$project/models/$model" params={{ project, model: name }} className="name">
          {name}
        </Link>
        {retired && <Mark>{text.retired}</Mark>}
        <bdi className="name muted small">{definition.intended_use ?? definition.description ?? ''}</bdi>
      </span>
    ),
  },
  {
    key: 'champion',
    title: text.columns.champion,
    cell: ({ project, model }: Row) => {
      const champion = model.aliases['champion'];
      return champion === undefined ? '–' : <VersionLink project={project} model={model.name} version={champion} />;
    },
  },
  {
    key: 'serves',
    title: text.columns.serves,
    cell: ({ project, deployments }: Row) =>
      deployments.length === 0 ? (
        <span className="muted">{text.nowhere}</span>
      ) : (
        deployments.map((one) => <Serving key={one.name} project={project} deployment={one} />)
      ),
  },
  { key: 'quality', title: text.columns.quality, number: true, cell: (row: Row) => <Quality {...row} /> },
  { key: 'trend', title: text.columns.trend, cell: (row: Row) => <Trend {...row} /> },
  { key: 'age', title: text.columns.age, number: true, cell: (row: Row) => <Trained {...row} /> },
  { key: 'newest', title: text.columns.newest, cell: (row: Row) => <Newest {...row} /> },
  { key: 'versions', title: text.columns.versions, number: true, cell: ({ model }: Row) => count(model.versions) },
  {
    key: 'owner',
    title: text.columns.owner,
    cell: ({ model }: Row) => <bdi className={`name ${styles['cell']}`}>{model.definition.owner ?? '–'}</bdi>,
  },
];

function VersionLink({ project, model, version }: { readonly project: string; readonly model: string; readonly version: number }) {
  return (
    <Link to="/p/$project/models/$model/versions/$version" params={{ project, model, version: String(version) }}>
      {words.models.version(version)}
    </Link>
  );
}

function Serving({ project, deployment: { name, split } }: { readonly project: string; readonly deployment: Deployment }) {
  return (
    <span className={styles['serving']}>
      <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: name }} className="name">
        {name}
      </Link>{' '}
      <span className="second small">{split.map((part) => `${words.models.version(part.version)} ${share(part.share)}`).join(', ')}</span>
    </span>
  );
}

function figureOf({ model, verdicts }: Row) {
  const main = mainOf(model);
  const verdict = main === null ? undefined : newestVerdict(verdicts, main);
  return verdict && headline(verdict);
}

function Quality(row: Row) {
  const figure = figureOf(row);
  if (!figure) return '–';
  const { low, high } = figure;
  return (
    <>
      <span className="muted small name">{figure.metric}</span> <b title={String(figure.value)}>{metric(figure.value)}</b>
      {low !== null && high !== null && <span className="muted small"> {words.models.interval(metric(low), metric(high))}</span>}
    </>
  );
}

function Trend(row: Row) {
  const figure = figureOf(row);
  const values = figure
    ? [...new Set(row.verdicts.map(({ version }) => version))]
        .toSorted((a, b) => a - b)
        .map((version) => newestVerdict(row.verdicts, version)?.evidence.find((one) => keyOf(one) === keyOf(figure))?.value ?? null)
    : [];
  if (!figure || values.length < 2) return '–';
  return (
    <span className={styles['trendCell']}>
      <Spark label={words.models.side.trendLabel(figure.metric, metric(values.at(-1)), values.length)} values={values} />
    </span>
  );
}

/** How long ago the version in service was trained, by the clock of the project. */
function Trained({ project, model }: Row) {
  const { now_ms } = useContext(TimeContext);
  const main = mainOf(model);
  const executions = useQuery(pipelinesQueries.executions(project)).data ?? [];
  const made = executions.find((one) => one.model === model.name && one.version === main);
  if (!made) return '–';
  const text_age = age(now_ms() - made.clock_ms);
  return <span title={text.age(text_age)}>{text_age}</span>;
}

function Newest({ project, model, verdicts, approvals }: Row) {
  if (model.latest === null) return '–';
  const [kind, word] = verdictWord(model.latest, verdicts, approvals);
  return (
    <span className={styles['serving']}>
      <VersionLink project={project} model={model.name} version={model.latest} /> <Status kind={kind}>{word}</Status>
    </span>
  );
}
