import { useInfiniteQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Older } from '../../design/older.tsx';
import { Part } from '../../design/state.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { Age, Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import styles from './datasets.module.css';
import { datasetsQueries, type Summary } from './datasets-api.ts';
import { checksMark } from './told.ts';

export interface VersionListProps {
  readonly project: string;
  readonly dataset: string;
  readonly chosen: number;
  readonly onChoose: (version: number) => void;
}

/** All versions, newest first. */
export function VersionList({ project, dataset, chosen, onChoose }: VersionListProps) {
  const asked = useInfiniteQuery(datasetsQueries.versions(project, dataset));
  return (
    <Card title={words.datasets.page.versions} flush>
      <Part of={{ ...asked, data: asked.data?.pages.flatMap(({ items }) => items) }}>
        {(versions) => (
          <ul className={styles['versions']}>
            {versions.map((version) => (
              <li key={version.number}>
                <button
                  type="button"
                  aria-current={version.number === chosen ? 'true' : undefined}
                  onClick={() => onChoose(version.number)}
                >
                  <Line version={version} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Older of={asked} />
    </Card>
  );
}

function Line({ version: { number, rows, source, checks, created_at_ms } }: { readonly version: Summary }) {
  const { kind, text } = checksMark(checks);
  return (
    <>
      <span className={styles['versionHead']}>
        <b>{words.datasets.version(number)}</b>
        <span className="second number">{words.datasets.rows(count(rows))}</span>
        <span title={text}>
          <StatusIcon kind={kind} size={15} />
          <span className={styles['ear']}>{text}</span>
        </span>
      </span>
      <span className="muted small">
        {source.kind === 'grown' ? (
          <>
            {words.datasets.page.served(count(source.served_rows))}, <Moment at_ms={source.until_ms} only="day" />
          </>
        ) : (
          <>
            {words.datasets.page.fromFiles}, <Age since_ms={created_at_ms} /> {words.datasets.list.ago}
          </>
        )}
      </span>
    </>
  );
}
