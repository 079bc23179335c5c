import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card, Stack } from '../../design/card.tsx';
import { count, metric, share } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { TextButton } from '../../design/text-button.tsx';
import { words } from '../../words/index.ts';
import styles from './datasets.module.css';
import { type Difference, datasetsQueries, type Version } from './datasets-api.ts';
import { commonAxis } from './profile.ts';
import { ProfilePicture } from './profile-tab.tsx';
import type { TabProps } from './tab-props.ts';
import { checkName, differenceSentences } from './told.ts';

const { columns, difference: said } = words.datasets;

/** What changed since another version: columns, rows, distributions, checks. */
export function DifferenceTab({ project, version }: TabProps) {
  const { dataset, number } = version;
  const [view, setView] = useView({ with: 0, col: '' });
  const pages = useInfiniteQuery(datasetsQueries.versions(project, dataset)).data?.pages ?? [];
  const others = pages.flatMap(({ items }) => items).filter((one) => one.number !== number);
  const from = view.with > 0 && view.with !== number ? view.with : (others.find((one) => one.number < number) ?? others[0])?.number;
  const asked = useQuery({ ...datasetsQueries.diff(project, dataset, from ?? 0, number), enabled: from !== undefined });
  if (from === undefined)
    return (
      <Card>
        <Empty sentence={said.first} />
      </Card>
    );
  return (
    <Stack>
      <Card>
        <div className={styles['compare']}>
          <NativeSelect
            label={said.with}
            value={String(from)}
            onChange={({ currentTarget }) => setView({ with: Number(currentTarget.value), col: '' })}
            data={others.map((one) => ({
              value: String(one.number),
              label: `${words.datasets.version(one.number)}, ${words.datasets.rows(count(one.rows))}`,
            }))}
          />
          <Part of={asked} height={60}>
            {(found) => (
              <div>
                {differenceSentences(found, words.datasets.named(dataset, from)).map((sentence) => (
                  <p key={sentence} className="name">
                    {sentence}
                  </p>
                ))}
              </div>
            )}
          </Part>
        </div>
      </Card>
      <Part of={asked} height={300}>
        {(found) => (
          <>
            {view.col !== '' && <Sides project={project} version={version} from={from} column={view.col} />}
            <Drift found={found} chosen={view.col} onChoose={(col) => setView({ col: col === view.col ? '' : col })} />
            <Judged found={found} />
          </>
        )}
      </Part>
    </Stack>
  );
}

interface SidesProps {
  readonly project: string;
  readonly version: Version;
  readonly from: number;
  readonly column: string;
}

/** One column in both versions. */
function Sides({ project, version: { dataset, number }, from, column }: SidesProps) {
  const before = useQuery(datasetsQueries.profile(project, dataset, from, column));
  const after = useQuery(datasetsQueries.profile(project, dataset, number, column));
  const axis = commonAxis([before.data, after.data]);
  return (
    <Card title={column}>
      <Stack>
        {[
          { asked: before, version: from, color: 'c7' as const },
          { asked: after, version: number, color: 'c1' as const },
        ].map(({ asked, version, color }) => (
          <div key={version}>
            <h3>{said.side(words.datasets.version(version))}</h3>
            <Part of={asked} height={100}>
              {(profiled) => profiled && <ProfilePicture profiled={profiled} color={color} axis={axis} />}
            </Part>
          </div>
        ))}
      </Stack>
    </Card>
  );
}

interface DriftProps {
  readonly found: Difference;
  readonly chosen: string;
  readonly onChoose: (column: string) => void;
}

function Drift({ found: { drift }, chosen, onChoose }: DriftProps) {
  const most = Math.max(...drift.map(({ strength }) => strength), 1);
  return (
    <Card title={said.drift} note={said.strongest} flush>
      <Table
        label={said.drift}
        rows={drift}
        keyOf={({ column }) => column}
        chosen={({ column }) => column === chosen}
        columns={[
          {
            key: 'column',
            title: columns.column,
            cell: ({ column }) => (
              <TextButton title={said.see(column)} onClick={() => onChoose(column)}>
                {column}
              </TextButton>
            ),
          },
          {
            key: 'state',
            title: columns.state,
            cell: ({ drifted, reason }) =>
              reason === null ? (
                <Status kind={drifted ? 'warn' : 'good'}>{drifted ? said.moved : said.same}</Status>
              ) : (
                <span title={reason}>
                  <Status kind="neutral">{said.notJudged}</Status>
                </span>
              ),
          },
          {
            key: 'strength',
            title: columns.strength,
            cell: ({ column, strength, drifted }) => (
              <span className={styles['strength']}>
                <Meter label={said.strengthOf(column, metric(strength))} share={strength / most} color={drifted ? 'warn' : 'accent'} />
              </span>
            ),
          },
          {
            key: 'score',
            title: columns.distance,
            number: true,
            cell: ({ score, method }) => <span title={said.method(method)}>{metric(score)}</span>,
          },
          { key: 'limit', title: columns.limit, number: true, cell: ({ threshold }) => metric(threshold) },
          {
            key: 'missing',
            title: columns.missing,
            number: true,
            cell: ({ missing: { reference, current } }) => `${share(reference)} → ${share(current)}`,
          },
        ]}
      />
    </Card>
  );
}

const judgement = (holds: boolean | null) =>
  holds === null ? said.unknown : holds ? words.datasets.checks.holds : words.datasets.checks.fails;

/** Checks that came out otherwise, and files that came, went or changed; left out where nothing did. */
function Judged({ found: { checks, files } }: { readonly found: Difference }) {
  const changed = [
    ...files.added.map((path) => ({ path, change: said.fileAdded })),
    ...files.removed.map((path) => ({ path, change: said.fileRemoved })),
    ...files.changed.map((path) => ({ path, change: said.fileChanged })),
  ];
  return (
    <>
      {checks.length > 0 && (
        <Card title={said.checks} flush>
          <Table
            label={said.checks}
            rows={checks}
            keyOf={({ check, column }) => `${check} ${column ?? ''}`}
            columns={[
              {
                key: 'column',
                title: columns.column,
                cell: ({ column }) => <bdi className="name">{column ?? words.datasets.checks.table}</bdi>,
              },
              { key: 'check', title: columns.check, cell: ({ check }) => checkName(check) },
              { key: 'change', title: columns.change, cell: ({ before, after }) => said.checkTo(judgement(before), judgement(after)) },
            ]}
          />
        </Card>
      )}
      {changed.length > 0 && (
        <Card title={said.files} note={count(changed.length)} flush>
          <Table
            label={said.files}
            rows={changed}
            keyOf={({ path }) => path}
            columns={[
              { key: 'file', title: columns.file, cell: ({ path }) => <bdi className="name">{path}</bdi> },
              { key: 'change', title: columns.change, cell: ({ change }) => change },
            ]}
          />
        </Card>
      )}
    </>
  );
}
