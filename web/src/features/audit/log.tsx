import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useContext, useState } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Older } from '../../design/older.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import styles from './audit.module.css';
import { type Filter, logQuery, newerQuery, wholeLog, whyQuery } from './audit-api.ts';
import { csvOf } from './csv.ts';
import { Entry } from './entry.tsx';
import { Filters } from './filters.tsx';
import { fromField } from './zone.ts';

const t = words.audit;

/** The log, newest first. What happens while it is read is counted above; the rows that are there never move. */
export function Log({ project }: { readonly project: string }) {
  const [view, setView] = useView({ who: '', type: '', object: '', text: '', from: '', to: '', open: 0 });
  const { zone } = useContext(TimeContext);
  const queries = useQueryClient();
  const filter = filterOf(view, zone);
  const asked = useInfiniteQuery(logQuery(project, filter));
  const events = asked.data?.pages.flatMap((page) => page.events) ?? [];
  const fresh = () => queries.resetQueries({ queryKey: logQuery(project, filter).queryKey });
  const toggle = (number: number) => setView({ open: view.open === number ? 0 : number }, { replace: true });
  const isShown = events.some(({ number }) => number === view.open);
  return (
    <>
      <Filters key={JSON.stringify(filter)} events={events} project={project} />
      {view.open > 0 && asked.data && !isShown && <Elsewhere project={project} number={view.open} onToggle={() => toggle(view.open)} />}
      <Card
        title={t.tabs.log}
        note={asked.data && t.entries(count(events.length), asked.hasNextPage)}
        action={<Export project={project} filter={filter} />}
        flush
      >
        <Part of={asked} height={480}>
          {() => (
            <>
              <Newer project={project} filter={filter} newest={events[0]?.number ?? 0} onShow={() => void fresh()} />
              {events.length === 0 && !asked.hasNextPage && <Empty sentence={emptySentence(view)} />}
              <ol className={styles['rows']}>
                {events.map((event) => (
                  <Entry
                    key={event.number}
                    project={project}
                    event={event}
                    open={event.number === view.open}
                    onToggle={() => toggle(event.number)}
                  />
                ))}
              </ol>
              <Older of={asked} />
            </>
          )}
        </Part>
      </Card>
    </>
  );
}

interface View {
  readonly who: string;
  readonly type: string;
  readonly object: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

function filterOf({ who, type, object, text, from, to }: View, zone: string): Filter {
  const from_ms = fromField(from, zone);
  const to_ms = fromField(to, zone);
  return {
    ...(who ? { caller: who } : {}),
    ...(type ? { type } : {}),
    ...(object ? { subject: object } : {}),
    ...(text ? { text } : {}),
    ...(from_ms === null ? {} : { from_ms }),
    ...(to_ms === null ? {} : { to_ms }),
  };
}

function emptySentence(view: View): string {
  const { filters } = t;
  const named = { who: filters.who, type: filters.type, object: filters.subject, text: filters.text, from: filters.from, to: filters.to };
  const conditions = Object.entries(named).flatMap(([name, label]) => {
    const value = view[name as keyof View];
    return value ? [`${label} “${value}”`] : [];
  });
  return conditions.length === 0 ? t.empty : t.filtered(conditions.join(', '));
}

interface NewerProps {
  readonly project: string;
  readonly filter: Filter;
  readonly newest: number;
  readonly onShow: () => void;
}

function Newer({ project, filter, newest, onShow }: NewerProps) {
  const found = useQuery(newerQuery(project, filter, newest)).data;
  if (!found || found.amount === 0) return null;
  return (
    <div className={styles['newer']} role="status">
      <Button variant="light" size="compact-sm" onClick={onShow}>
        {t.newer(found.amount, found.full)}. {t.showNewer}
      </Button>
    </div>
  );
}

/** An entry that a link names and that the list has not reached. */
function Elsewhere({ project, number, onToggle }: { readonly project: string; readonly number: number; readonly onToggle: () => void }) {
  const asked = useQuery(whyQuery(project, number));
  return (
    <Card title={t.elsewhere(number)} note={t.elsewhereNote} flush>
      <Part of={asked} height={80}>
        {(story) => {
          const event = story.at(-1)?.event;
          return (
            event && (
              <ol className={styles['rows']}>
                <Entry project={project} event={event} open onToggle={onToggle} />
              </ol>
            )
          );
        }}
      </Part>
    </Card>
  );
}

function Export({ project, filter }: { readonly project: string; readonly filter: Filter }) {
  const [amount, setAmount] = useState<number | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const run = async () => {
    setError(null);
    setAmount(0);
    try {
      save(`${project}-audit.csv`, csvOf(await wholeLog(project, filter, setAmount)));
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error(String(problem)));
    }
    setAmount(null);
  };
  return (
    <>
      {error && <Problem error={error} />}
      {amount !== null && <span className="muted small">{t.exporting(count(amount))}</span>}
      <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled={amount !== null} onClick={() => void run()}>
        {t.export}
      </Button>
    </>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
