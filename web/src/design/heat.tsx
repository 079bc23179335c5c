import { useEffect, useRef } from 'react';
import styles from './heat.module.css';

export type HeatLevel = 'none' | 'still' | 'near' | 'past';

export interface HeatRow {
  readonly name: string;
  readonly cells: readonly { readonly level: HeatLevel; readonly title: string }[];
}

export interface HeatProps {
  /** What the grid shows, for who reads by ear. */
  readonly label: string;
  /** Whole names of the columns; the first and the last are shown. */
  readonly heads: readonly string[];
  readonly rows: readonly HeatRow[];
  readonly chosen: string;
  /** What choosing a row does, in words. */
  readonly chooseLabel: (name: string) => string;
  readonly onChoose: (name: string) => void;
  readonly levels: Readonly<Record<HeatLevel, string>>;
}

/** Rows by columns as shades; what is past its limit has a mark as well. */
export function Heat({ label, heads, rows, chosen, chooseLabel, onChoose, levels }: HeatProps) {
  const box = useRef<HTMLElement>(null);
  const width = heads.length;
  // The newest stand last, and are what one comes to see.
  useEffect(() => {
    if (width > 0) box.current?.scrollTo({ left: box.current.scrollWidth });
  }, [width]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls a wide grid with its arrows */}
      <section ref={box} className={styles['scroll']} tabIndex={0} aria-label={label}>
        <table className={styles['heat']} aria-label={label}>
          <tbody>
            {rows.map(({ name, cells }) => (
              <tr key={name} className={name === chosen ? styles['chosen'] : undefined}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={name === chosen}
                    aria-label={chooseLabel(name)}
                    title={name}
                    onClick={() => onChoose(name)}
                  >
                    <bdi>{name}</bdi>
                  </button>
                </th>
                {cells.map(({ level, title }, index) => (
                  <td key={heads[index]}>
                    <span role="img" aria-label={title} title={title} className={`${styles['cell']} ${styles[level]}`}>
                      {level === 'past' ? '!' : ''}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td />
              <td colSpan={width}>
                <div className={styles['ends']}>
                  <span>{heads[0]}</span>
                  <span>{width > 1 && heads.at(-1)}</span>
                </div>
              </td>
            </tr>
          </tfoot>
        </table>
      </section>
      <div className={styles['legend']}>
        {(['still', 'near', 'past', 'none'] as const).map((level) => (
          <span key={level}>
            <i className={`${styles['cell']} ${styles[level]}`}>{level === 'past' ? '!' : ''}</i> {levels[level]}
          </span>
        ))}
      </div>
    </>
  );
}
