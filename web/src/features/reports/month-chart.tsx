import { metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { isLowerBetter, type Month, nameOf, shortMonth, stepsOf } from './report.ts';
import styles from './reports.module.css';

const t = words.reports.chart;
const size = { width: 660, height: 210, left: 46, right: 118, top: 20, bottom: 24 };

/** Bars with their interval for what served, a mark for version 1: told apart by shape, so that paper without colour says the same. */
export function MonthChart({ months, name }: { readonly months: readonly Month[]; readonly name: string }) {
  const known = months.flatMap(({ served, reference }) => [served.value, served.low, served.high, reference]).filter((one) => one !== null);
  if (known.length === 0) return null;
  const steps = stepsOf(Math.min(0, ...known), Math.max(0, ...known));
  const [low, high] = [steps[0] ?? 0, steps.at(-1) ?? 1];
  const y = (value: number) => size.top + ((high - value) / (high - low)) * (size.height - size.top - size.bottom);
  const room = (size.width - size.left - size.right) / Math.max(months.length, 1);
  const last = months.findLast(({ served }) => served.value !== null);
  return (
    <svg
      role="img"
      aria-label={t.label(nameOf(name), months.length)}
      viewBox={`0 0 ${size.width} ${size.height}`}
      className={styles['chart']}
    >
      {steps.map((step) => (
        <g key={step}>
          <line
            x1={size.left}
            x2={size.width - size.right}
            y1={y(step)}
            y2={y(step)}
            className={step === 0 ? styles['zero'] : styles['grid']}
          />
          <text x={size.left - 8} y={y(step) + 4} textAnchor="end" className={styles['axis']}>
            {metric(step)}
          </text>
        </g>
      ))}
      {months.map((month, index) => (
        <Bar key={month.label} month={month} name={shortMonth(month.label, index === 0)} x={size.left + index * room} room={room} y={y} />
      ))}
      {last && last.served.value !== null && (
        <Legend served={y(last.served.value)} reference={last.reference === null ? null : y(last.reference)} />
      )}
      <text x={size.left} y={12} className={styles['axis']}>
        {isLowerBetter(name) ? t.lower : t.higher}
      </text>
    </svg>
  );
}

interface BarProps {
  readonly month: Month;
  readonly name: string;
  readonly x: number;
  readonly room: number;
  readonly y: (value: number) => number;
}

function Bar({ month: { served, reference }, name, x, room, y }: BarProps) {
  const { value, low, high } = served;
  const [left, wide] = [x + room * 0.14, room * 0.72];
  const middle = left + wide / 2;
  const top = value === null ? 0 : Math.min(y(value), y(0));
  return (
    <g>
      {value !== null && (
        <>
          <rect x={left} y={top} width={wide} height={Math.abs(y(value) - y(0))} rx={2} className={styles['bar']} />
          {low !== null && high !== null && <line x1={middle} x2={middle} y1={y(low)} y2={y(high)} className={styles['whisker']} />}
          <text
            x={middle}
            y={Math.min(top, y(high ?? value), reference === null ? top : y(reference)) - 5}
            textAnchor="middle"
            className={styles['value']}
          >
            {metric(Number(value.toPrecision(3)))}
          </text>
        </>
      )}
      {reference !== null && (
        <line x1={left - 3} x2={left + wide + 3} y1={y(reference)} y2={y(reference)} className={styles['reference']} />
      )}
      {value === null && (
        <text x={middle} y={y(0) - 6} textAnchor="middle" className={styles['axis']}>
          –
        </text>
      )}
      <text x={middle} y={size.height - 6} textAnchor="middle" className={styles['axis']}>
        {name}
      </text>
    </g>
  );
}

/** Names beside the last bar, moved apart where they would touch. */
function Legend({ served, reference }: { readonly served: number; readonly reference: number | null }) {
  const x = size.width - size.right + 6;
  const close = reference !== null && Math.abs(served - reference) < 30;
  const own = close && reference !== null && served >= reference ? Math.max(served, reference + 30) : served;
  const other = close && reference !== null && served < reference ? Math.max(reference, served + 16) : reference;
  return (
    <g>
      <text x={x} y={own + 4} className={styles['nameServed']}>
        {t.served}
      </text>
      {other !== null && (
        <>
          <text x={x} y={other + 4} className={styles['nameReference']}>
            {t.reference}
          </text>
          <text x={x} y={other + 17} className={styles['axis']}>
            {t.referenceNote}
          </text>
        </>
      )}
    </g>
  );
}
