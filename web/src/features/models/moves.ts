import type { AuditEvent } from '../audit/audit-api.ts';

/** One move of an alias, as its event tells it. */
export interface Move {
  readonly event: number;
  readonly at_ms: number;
  readonly who: string;
  readonly alias: string;
  readonly from: number | null;
  /** Null: it was taken away. */
  readonly to: number | null;
  readonly reason: string;
}

/** Newest first, as the events come. */
export function movesOf(events: readonly AuditEvent[]): Move[] {
  return events.map(({ number, at_ms, caller, before, after }) => {
    const [alias, reason] = [field(after, 'alias'), field(after, 'reason')];
    return {
      event: number,
      at_ms,
      who: caller.name,
      alias: typeof alias === 'string' ? alias : '',
      from: versionIn(before),
      to: versionIn(after),
      reason: typeof reason === 'string' ? reason : '',
    };
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function versionIn(value: unknown): number | null {
  const found = field(value, 'version');
  return typeof found === 'number' ? found : null;
}

/** The newest move of each alias can be taken back while the alias is where it went, and was somewhere before. */
export function canTakeBack(
  move: Move,
  moves: readonly Move[],
  aliases: Readonly<Record<string, number>>,
  isProtected: (alias: string) => boolean,
): boolean {
  const newest = moves.find(({ alias }) => alias === move.alias);
  return (
    newest?.event === move.event && move.from !== null && move.to !== null && aliases[move.alias] === move.to && !isProtected(move.alias)
  );
}
