import { ButtonLink } from '../../client/links.tsx';
import { Card } from '../../design/card.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Tasks } from '../../design/tasks.tsx';
import { words } from '../../words/index.ts';
import styles from './home.module.css';
import { useAttention } from './use-attention.ts';

const shown = 5;

/** At most five things, the most harmful first, each with one button. */
export function AttentionList({ project }: { readonly project: string }) {
  return (
    <Card title={words.home.attention} action={<span className="muted small">{words.home.attentionOrder}</span>} flush>
      <Part of={useAttention(project)}>
        {(all) => (
          <>
            {all.length === 0 && <Empty sentence={words.home.nothingWaits} />}
            <Tasks
              items={all.slice(0, shown).map(({ path, button, ...task }) => ({
                ...task,
                button: (
                  <ButtonLink
                    to={`/p/$project${path}` as '/p/$project'}
                    params={{ project }}
                    variant={task.kind === 'human' ? 'filled' : 'default'}
                    {...(task.kind === 'human' ? { color: 'human' } : {})}
                  >
                    {button}
                  </ButtonLink>
                ),
              }))}
            />
            {all.length > shown && <p className={`${styles['more']} muted small`}>{words.home.moreThings(all.length - shown)}</p>}
          </>
        )}
      </Part>
    </Card>
  );
}
