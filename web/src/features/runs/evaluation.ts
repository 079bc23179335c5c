/** An evaluation that a pipeline left as an artifact (`evaluation/<table>.json`), read with care: anyone may have written the file. Pure. */

export interface Measured {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly rows: number;
}

export interface Slice {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly metrics: ReadonlyMap<string, Measured>;
}

export interface Scored {
  readonly rows: number;
  readonly metrics: ReadonlyMap<string, Measured>;
  readonly slices: readonly Slice[];
  /** What was said against what happened, by tenths of the rows. */
  readonly reliability: readonly { readonly said: number; readonly happened: number; readonly rows: number }[];
}

export interface Evaluation {
  readonly model: Scored;
  readonly baseline: Scored | null;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Null where the text is no evaluation. */
export function readEvaluation(text: string): Evaluation | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const models = isObject(json) && isObject(json['models']) ? json['models'] : {};
  const model = readScored(models['model']);
  return model && { model, baseline: readScored(models['baseline']) };
}

function readScored(value: unknown): Scored | null {
  if (!isObject(value)) return null;
  const slices = isObject(value['slices']) ? Object.entries(value['slices']) : [];
  return {
    rows: number(value['rows']) ?? 0,
    metrics: readMetrics(value['metrics']),
    slices: slices.flatMap(([column, values]) =>
      list(values).flatMap((one) =>
        isObject(one)
          ? [{ column, value: String(one['value']), rows: number(one['rows']) ?? 0, metrics: readMetrics(one['metrics']) }]
          : [],
      ),
    ),
    reliability: list(value['reliability']).flatMap((one) => {
      if (!isObject(one)) return [];
      const [said, happened] = [number(one['meanScore']), number(one['meanTruth'])];
      return said === null || happened === null ? [] : [{ said, happened, rows: number(one['rows']) ?? 0 }];
    }),
  };
}

function readMetrics(value: unknown): Map<string, Measured> {
  if (!isObject(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, one]) =>
      isObject(one)
        ? [
            [
              name,
              { value: number(one['value']), low: number(one['low']), high: number(one['high']), rows: number(one['rows']) ?? 0 },
            ] as const,
          ]
        : [],
    ),
  );
}

/** Slices by a metric, worst first; those without a value last. */
export function worstFirst(slices: readonly Slice[], metric: string, direction: 'higher' | 'lower' | null): Slice[] {
  const rank = ({ metrics }: Slice) => {
    const value = metrics.get(metric)?.value ?? null;
    return value === null ? Number.POSITIVE_INFINITY : direction === 'lower' ? -value : value;
  };
  return [...slices].sort((a, b) => rank(a) - rank(b) || b.rows - a.rows);
}
