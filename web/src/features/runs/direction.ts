/** Which way a metric is better, by the field's terms in its name; null where the name says nothing. Never guessed from values. */
export function directionOf(metric: string): 'higher' | 'lower' | null {
  const words = metric.toLowerCase().split(/[^a-z0-9]+/);
  const has = (names: readonly string[]) => words.some((word) => names.includes(word));
  // A skill score compares a loss with that of a simple model: more is better.
  if (has(['skill'])) return 'higher';
  if (has(lowerIsBetter)) return 'lower';
  return has(higherIsBetter) ? 'higher' : null;
}

const lowerIsBetter = [
  'loss',
  'logloss',
  'rmse',
  'mse',
  'mae',
  'mape',
  'smape',
  'brier',
  'error',
  'err',
  'ece',
  'gap',
  'latency',
  'perplexity',
  'wer',
  'cer',
  'deviance',
];
const higherIsBetter = [
  'auc',
  'auroc',
  'auprc',
  'accuracy',
  'acc',
  'precision',
  'recall',
  'f1',
  'r2',
  'ap',
  'map',
  'ndcg',
  'bleu',
  'iou',
  'kappa',
  'mcc',
  'sensitivity',
  'specificity',
];

/** How `value` stands to `other`; null where it cannot be said. */
export function judge(metric: string, value: number | null, other: number | null): 'better' | 'worse' | 'equal' | null {
  const direction = directionOf(metric);
  if (direction === null || value === null || other === null || !Number.isFinite(value) || !Number.isFinite(other)) return null;
  if (value === other) return 'equal';
  return value > other === (direction === 'higher') ? 'better' : 'worse';
}

const spokenOfFirst = ['pr_auc', 'auc', 'roc_auc', 'average_precision', 'f1', 'rmse', 'brier', 'log_loss', 'accuracy'];

/** Of several metrics, which one a page speaks of first: those that say most about a model in one figure. */
export function preferenceOf(metric: string): number {
  const place = spokenOfFirst.indexOf(metric);
  return place < 0 ? spokenOfFirst.length : place;
}
