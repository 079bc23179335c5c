import { Button, CopyButton, Popover, Switch, TextInput } from '@mantine/core';
import { IconLink, IconPlus } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { useSingleKeys } from '../../design/grid/index.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { CompareCharts } from './compare-charts.tsx';
import { CompareTable } from './compare-table.tsx';
import { differenceRows, leaderOf, measureRows } from './comparison.ts';
import { RegisterRun } from './register.tsx';
import { runQuery } from './runs-api.ts';
import { compareLimit } from './runs-grid.tsx';

/** Is it really better, and what made the difference? */
export function ComparePage() {
  const { project } = useNames('project');
  const [view, setView] = useView({ runs: '', same: false, all: false });
  const ids = useMemo(
    () => [...new Set(view.runs.split(',').filter((id) => /^[0-9a-f]{32}$/.test(id)))].slice(0, compareLimit),
    [view.runs],
  );
  const asked = useQueries({ queries: ids.map((id) => runQuery(project, id)) });
  const runs = asked.flatMap(({ data }) => data ?? []);
  const failed = asked.filter(({ error, data }) => error && !data);
  const measures = measureRows(runs);
  const differences = differenceRows(runs);
  const leader = leaderOf(measures, runs.length);
  const best = runs[leader && leader.better > leader.worse ? leader.place : 0];
  useSingleKeys({ o: () => setView({ same: !view.same }) });
  const put = (next: readonly string[]) => setView({ runs: next.join(',') });
  const isComplete = asked.every(({ isPending }) => !isPending);
  const sentence = !isComplete
    ? ''
    : runs.length < 2
      ? words.runs.comparePick
      : leader
        ? words.runs.compareSentence(runs[leader.place]?.name ?? '', leader.better, leader.of, leader.worse)
        : words.runs.sameSentence;
  return (
    <Page
      title={words.runs.compareTitle(ids.length)}
      sentence={<span className="name">{sentence}</span>}
      actions={
        <>
          <Switch
            size="sm"
            labelPosition="left"
            label={words.runs.onlyDifferent}
            checked={!view.same}
            onChange={(event) => setView({ same: !event.currentTarget.checked })}
          />
          <AddRun disabled={ids.length >= compareLimit} onAdd={(id) => put([...ids, id])} />
          <CopyButton value={location.href}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={<IconLink size={15} aria-hidden />} onClick={copy}>
                {copied ? words.runs.linkCopied : words.runs.copyLink}
              </Button>
            )}
          </CopyButton>
          {isComplete && best && <RegisterRun key={best.id} project={project} run={best} />}
        </>
      }
    >
      {failed.map(({ error, refetch }, at) => error && <Problem key={ids[at]} error={error} again={() => void refetch()} />)}
      {ids.length === 0 ? (
        <Card>
          <Empty sentence={words.runs.comparePick} />
        </Card>
      ) : (
        (!isComplete || runs.length > 0) && (
          <Part of={{ data: isComplete ? runs : undefined, error: null, refetch: () => undefined }} height={400}>
            {(loaded) => (
              <>
                <CompareCharts project={project} runs={loaded} measures={measures} />
                <CompareTable
                  project={project}
                  runs={loaded}
                  measures={measures}
                  differences={differences}
                  onlyDifferent={!view.same}
                  all={view.all}
                  onAll={() => setView({ all: !view.all })}
                  onRemove={(id) => put(ids.filter((one) => one !== id))}
                  onFirst={(id) => put([id, ...ids.filter((one) => one !== id)])}
                />
              </>
            )}
          </Part>
        )
      )}
    </Page>
  );
}

function AddRun({ disabled, onAdd }: { readonly disabled: boolean; readonly onAdd: (id: string) => void }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const id = /[0-9a-f]{32}/.exec(text)?.[0];
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" disabled={disabled} leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen(!open)}>
          {words.runs.addRun}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.runs.addRun}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (id === undefined) return;
            onAdd(id);
            setText('');
            setOpen(false);
          }}
        >
          <TextInput
            size="xs"
            label={words.runs.addRunSays}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit" mt="xs" disabled={id === undefined}>
            {words.runs.add}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
