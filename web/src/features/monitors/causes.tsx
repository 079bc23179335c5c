import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { share } from '../../design/numbers.ts';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { modelsQueries } from '../models/models-api.ts';
import styles from './monitors.module.css';
import type { Incident } from './monitors-api.ts';

const text = words.monitors.incident;

interface Props {
  readonly project: string;
  readonly incident: Incident;
  /** Which version the causes were found for: the one that served in the newest window. */
  readonly version: number;
  /** How long a window is, to find its rows; without it there is no link to them. */
  readonly window_ms?: number;
}

/** Shown at first; the rest is a click away. */
const first = 4;

/** Likely causes in their order, each with the way to its evidence. */
export function Causes({ project, incident, version, window_ms }: Props) {
  const [view, setView] = useView({ causes: '' });
  if (incident.causes.length === 0) return <p className="second">{text.noCauses}</p>;
  const shown = view.causes === 'all' ? incident.causes : incident.causes.slice(0, first);
  const left = incident.causes.length - shown.length;
  return (
    <>
      <ol className={styles['causes']}>
        {shown.map((cause, index) => (
          <li key={`${cause.kind} ${cause.column} ${cause.value}`}>
            <span className={styles['rank']}>{index + 1}</span>
            <div>
              <div className={styles['causeHead']}>
                <b className="name">{cause.value === null ? cause.column : `${cause.column} ${cause.value}`}</b>
                <span className={styles['causeShare']}>
                  {(cause.kind === 'slice' ? text.shareSlice : text.shareColumn)(share(cause.share))}
                </span>
              </div>
              <p className="name small second">{cause.text}</p>
              <Evidence
                project={project}
                incident={incident}
                version={version}
                cause={cause}
                {...(window_ms === undefined ? {} : { window_ms })}
              />
            </div>
          </li>
        ))}
      </ol>
      {left > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => setView({ causes: 'all' })}>
          {text.more(left)}
        </Button>
      )}
    </>
  );
}

/** What differs in the data since the version was trained, the rows themselves, and the column's chart. */
function Evidence({ project, incident, version, cause, window_ms }: Props & { readonly cause: Incident['causes'][number] }) {
  const { when } = useWhen();
  const { deployment, last_to_ms, monitor } = incident;
  const slice = cause.value === null ? {} : { column: cause.column, value: cause.value };
  return (
    <p className={styles['links']}>
      {cause.since_ms !== null && <span className="muted">{text.sinceCause(when(cause.since_ms))}</span>}
      {cause.kind === 'column' && (
        <>
          <Link to="/p/$project/monitors/$monitor" params={{ project, monitor }} search={{ column: cause.column } as never}>
            {text.chart}
          </Link>
          <Difference project={project} deployment={deployment} version={version} column={cause.column} />
        </>
      )}
      {window_ms !== undefined && (
        <Link
          to="/p/$project/deployments/$deployment"
          params={{ project, deployment }}
          search={{ tab: 'predictions', from: last_to_ms - window_ms, to: last_to_ms, ...slice } as never}
        >
          {text.rows}
        </Link>
      )}
    </p>
  );
}

/** From the data that the version was trained on to the newest; the data alone where that is the newest. */
function Difference(props: { readonly project: string; readonly deployment: string; readonly version: number; readonly column: string }) {
  const { project, column } = props;
  const model = useQuery(deploymentQueries.one(project, props.deployment)).data?.model;
  const version = useQuery({ ...modelsQueries.version(project, model ?? '', props.version), enabled: model !== undefined }).data;
  const datasets = useQuery(datasetsQueries.list(project)).data ?? [];
  const trained = version?.dataset_versions[0];
  if (!trained) return null;
  const latest = datasets.find(({ name }) => name === trained.dataset)?.latest?.number ?? trained.number;
  const changed = latest !== trained.number;
  const search = changed
    ? { tab: 'difference', from: trained.number, to: latest, col: column }
    : { tab: 'profile', version: trained.number, col: column };
  return (
    <Link to="/p/$project/datasets/$dataset" params={{ project, dataset: trained.dataset }} search={search as never} className="name">
      {changed ? text.difference(trained.number, latest) : text.training(trained.dataset, trained.number)}
    </Link>
  );
}
