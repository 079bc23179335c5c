import { share } from '../../design/numbers.ts';
import type { TrafficProps } from '../../design/pictures.tsx';
import { words } from '../../words/index.ts';
import type { Deployment, Served } from './deployments-api.ts';

type Count = Served['counts'][number];

/** The traffic bar: the champion first and plain, whoever comes in hatched; a narrow part says only which version it is. */
export function partsOf(split: Deployment['split'], champion: number | null, past = false): TrafficProps['parts'] {
  return split
    .toSorted((a, b) => Number(b.version === champion) - Number(a.version === champion))
    .map(({ version, share: part }) => ({
      key: String(version),
      name: nameOf(version, part, version === champion && !past),
      share: part,
      newcomer: version !== champion && split.length > 1,
    }));
}

const { champion: championWord, part: partWord } = words.deployments.traffic;
const narrow = 0.12;

function nameOf(version: number, part: number, isChampion: boolean): string {
  if (isChampion) return championWord(version, share(part));
  return part < narrow ? words.common.version(version) : partWord(version, share(part));
}

/** How many rows were answered, and the outcome of how many of them is in. */
export function truthOf(counts: readonly Count[], version?: number): { readonly rows: number; readonly outcomes: number } {
  const answered = counts.filter((one) => one.status === 'ok' && (version === undefined || one.version === version));
  return { rows: total(answered, 'rows'), outcomes: total(answered, 'outcomes') };
}

export interface VersionRows {
  readonly version: number | null;
  readonly rows: number;
  readonly share: number;
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
  readonly outcomes: number;
}

/** Rows of each version by how they ended, the newest version first; rows that no version was chosen for last. */
export function rowsByVersion(counts: readonly Count[]): VersionRows[] {
  const all = total(counts, 'rows');
  return [...Map.groupBy(counts, ({ version }) => version)]
    .map(([version, own]) => {
      const of = (status: Count['status']) =>
        total(
          own.filter((one) => one.status === status),
          'rows',
        );
      const rows = total(own, 'rows');
      return {
        version,
        rows,
        share: all === 0 ? 0 : rows / all,
        ok: of('ok'),
        refused: of('refused'),
        failed: of('failed'),
        outcomes: total(own, 'outcomes'),
      };
    })
    .toSorted((a, b) => (b.version ?? -1) - (a.version ?? -1));
}

function total(counts: readonly Count[], what: 'rows' | 'outcomes'): number {
  return counts.reduce((sum, one) => sum + one[what], 0);
}
