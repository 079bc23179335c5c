import { useQuery } from '@tanstack/react-query';
import { ButtonLink } from '../../client/links.tsx';
import { Card } from '../../design/card.tsx';
import { Empty } from '../../design/state.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { Age } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { attentionOf } from './attention.ts';
import styles from './home.module.css';
import { homeQueries } from './home-api.ts';

const shown = 5;

/** At most five things, the most harmful first, each with one button. */
export function AttentionList({ project }: { readonly project: string }) {
  const all = attentionOf({
    approvals: useQuery(homeQueries.approvals(project)).data ?? [],
    incidents: useQuery(homeQueries.incidents(project)).data ?? [],
    executions: useQuery(homeQueries.executions(project)).data ?? [],
    verdicts: useQuery(homeQueries.verdicts(project)).data ?? [],
  });
  return (
    <Card title={words.home.attention} action={<span className="muted small">{words.home.attentionOrder}</span>} flush>
      {all.length === 0 && <Empty sentence={words.home.nothingWaits} />}
      <ul className={styles['attention']}>
        {all.slice(0, shown).map(({ key, kind, title, why, since_ms, button, path }) => (
          <li key={key}>
            <span className={`${styles['attentionIcon']} ${styles[`soft-${kind}`]}`}>
              <StatusIcon kind={kind} />
            </span>
            <span className={styles['attentionText']}>
              <b className="name">{title}</b>
              <span className="second small name">{why}</span>
            </span>
            <span className="muted small">
              <Age since_ms={since_ms} />
            </span>
            <ButtonLink
              to={`/p/$project${path}` as '/p/$project'}
              params={{ project }}
              variant={kind === 'human' ? 'filled' : 'default'}
              {...(kind === 'human' ? { color: 'human' } : {})}
            >
              {button}
            </ButtonLink>
          </li>
        ))}
      </ul>
      {all.length > shown && <p className={`${styles['more']} muted small`}>{words.home.moreThings(all.length - shown)}</p>}
    </Card>
  );
}
