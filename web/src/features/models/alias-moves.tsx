import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Part, Problem } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { eventsQuery } from '../audit/audit-api.ts';
import styles from './models.module.css';
import { useMoveAlias } from './models-api.ts';
import { canTakeBack, type Move, movesOf } from './moves.ts';
import { protectorOf } from './release.ts';
import type { VersionTabProps } from './version-tab.ts';

const { served: text, move: moveText } = words.models;

/** Every move of an alias with its previous value, who moved it and why; the last one can be taken back. */
export function AliasMoves({ project, version, facts }: VersionTabProps) {
  const asked = useQuery(eventsQuery(project, { type: 'alias.moved', subject: `model ${version.model}` }, 100));
  const back = useMoveAlias(project, version.model);
  const aliases = facts.model?.aliases ?? {};
  const isProtected = (alias: string) => protectorOf(alias, facts.deployments) !== undefined;
  return (
    <Part of={asked}>
      {(events) => {
        const moves = movesOf(events);
        if (moves.length === 0) return null;
        const able = moves.filter((move) => canTakeBack(move, moves, aliases, isProtected));
        const undo = {
          key: 'undo',
          title: text.moveColumns.undo,
          cell: (move: Move) => {
            const { alias, from, to } = move;
            if (!able.includes(move) || from === null || to === null) return null;
            return (
              <Allowed project={project} to="write">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={back.isPending}
                  onClick={() => back.mutate({ alias, version: from, expected: to, reason: moveText.undone(to) })}
                >
                  {moveText.undo(alias, from)}
                </Button>
              </Allowed>
            );
          },
        };
        return (
          <Card title={text.moves} note={count(moves.length)} flush>
            {back.error && <Problem error={back.error} />}
            <Table
              label={text.moves}
              rows={moves}
              columns={able.length > 0 ? [...columns, undo] : columns}
              keyOf={({ event }) => String(event)}
            />
          </Card>
        );
      }}
    </Part>
  );
}

const versionText = (version: number | null): string => (version === null ? '–' : words.models.version(version));

const columns = [
  { key: 'alias', title: text.moveColumns.alias, cell: ({ alias }: Move) => <bdi className="name">{alias}</bdi> },
  { key: 'from', title: text.moveColumns.from, cell: ({ from }: Move) => versionText(from) },
  { key: 'to', title: text.moveColumns.to, cell: ({ to }: Move) => versionText(to) },
  { key: 'at', title: text.moveColumns.at, cell: ({ at_ms }: Move) => <Moment at_ms={at_ms} /> },
  { key: 'who', title: text.moveColumns.who, cell: ({ who }: Move) => <bdi className="name">{who}</bdi> },
  {
    key: 'reason',
    title: text.moveColumns.reason,
    cell: ({ reason }: Move) => <bdi className={`name ${styles['cell']}`}>{reason || '–'}</bdi>,
  },
];
