import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import styles from './runs.module.css';
import { logQuery, type RunDetail } from './runs-api.ts';

/** What the step that made the run wrote. */
export function RunLogs({ project, run }: { readonly project: string; readonly run: RunDetail }) {
  const step = run.step ?? '';
  const asked = useQuery({ ...logQuery(project, run.execution_id ?? '', step), refetchInterval: run.status === 'running' ? 2000 : false });
  return (
    <Card title={words.runs.logOf(step)} flush>
      <Part of={asked} height={300}>
        {(text) =>
          text === '' ? (
            <Empty sentence={words.runs.emptyLog} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls it with the arrows
            <pre className={`mono name ${styles['log']}`} tabIndex={0}>
              {text}
            </pre>
          )
        }
      </Part>
    </Card>
  );
}
