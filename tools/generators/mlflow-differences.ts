/** One way in which this server answers otherwise than `mlflow server` on purpose. */
export interface Difference {
  readonly text: string;
  /** The requests of `tests/mlflow/differential.test.ts` that show it, by their words; without, the peer cannot be brought to it. */
  readonly shownBy?: readonly (string | RegExp)[];
}

/**
 * What differs from `mlflow server` on purpose. The differential test sends the same requests to both and finds these and no others, each of them;
 * docs/reference/mlflow.md is made from the same list.
 */
export const differences: readonly Difference[] = [
  {
    text: 'What ends in a 500 there is refused with a 4xx here, or done: clients send a request again after a 500. It is no fault of the server that a body is broken, a filter names an unknown word, or an experiment is deleted.',
    shownBy: [
      'rename a deleted experiment',
      'a metric that is a list',
      'a batch whose metric is a number',
      'search runs: wrongly ordered by ["metrics.m","metrics.m"]',
      'search logged models by an unknown word',
      'search logged models with a broken token',
      'stage None with archiving',
      'get traces together',
      /^logBatch: (?:broken JSON|null)$/,
    ],
  },
  {
    text: 'What fails there in the database (`BAD_REQUEST` with the text of an SQL statement) is told by its name here, or done: a run without an experiment is of the Default one, a trace that is not there is a 404, and a param that is there already is an invalid value.',
    shownBy: ['run in no experiment', /^createRun: /, 'tag a trace that is not there', 'params of a logged model again'],
  },
  {
    text: 'Enum words that nobody knows (`status`, `view_type`) and integers that are none (1.5, 2^63, `x`) are refused with 400 instead of dropped.',
    shownBy: [
      'search experiments with an unknown view',
      'search runs: an unknown view',
      'end a run with an unknown word',
      'a metric at half a millisecond',
      'a metric at a time beyond 64 bits',
      'history, x at once',
    ],
  },
  {
    text: 'A tag without a key, and an input without a dataset or without the members that it needs, are refused instead of kept with empty names.',
    shownBy: ['run with a tag without a key', /^an input without a /],
  },
  {
    text: 'A filter or an order that is not understood is refused with the place of the mistake, and never passed over in part. A filter takes at most 100 clauses, an order 20 fields.',
    shownBy: ["search runs: tags.a = 'b' AND", 'search runs: AND', "search runs: tags. = 'x'"],
  },
  {
    text: 'Addresses of artifacts with `..` or `?`, and paths with a backslash, are refused.',
    shownBy: ['experiment at s3://bucket/a?b=c', 'experiment at s3://bucket/../a', 'files below a\\..\\b'],
  },
  { text: 'An artifact location that is no whole address is kept as it was written, and not resolved against a folder of the server.' },
  { text: 'An address with two slashes in a row is not found, instead of redirected. The id of an assessment is always given here.' },
  { text: 'A number in a message is told as JavaScript writes it, so 9.0 as 9.' },
  {
    text: 'The id of a logged model that stands in the address need not stand in the body, too.',
    shownBy: [/^finishLoggedModel: /, /^logLoggedModelParams: /],
  },
  {
    text: 'A page of no or fewer models is refused.',
    shownBy: ['search registered models, 0 at once', 'search registered models, -1 at once'],
  },
  {
    text: 'Names of models have at most 256 characters (there the limit is in the database, and SQLite has none), no invisible ones, and are in Unicode normal form C.',
    shownBy: ['registered model with a name of 257'],
  },
  {
    text: 'A dataset that a run read for two purposes is kept for both; there only for the first.',
    shownBy: ['get a run that read a dataset for two purposes'],
  },
  {
    text: 'A trace that is linked to a run or a prompt says so in `mlflow.sourceRun` and `mlflow.linkedPrompts`, where clients write it too.',
    shownBy: ['search traces: by run', 'search traces: by prompt'],
  },
  {
    text: 'Searches of traces know no `span.attributes.…` and no `issue.id`. Patterns of `RLIKE` are read as JavaScript reads them, at most five in a filter, over at most 10,000 different values.',
    shownBy: ['search traces: by an attribute of a span', 'search traces: by an issue'],
  },
  {
    text: 'Permissions of single experiments and models (`…/permissions/*`) are told and never given, since rights are those of a whole project here.',
  },
  { text: '`runs/log-batch` is atomic: all of it is kept or none. It may have more than a million characters.' },
  {
    text: 'The name of a run is kept once; the tag `mlflow.runName` is made from it, cannot be deleted, and changing either changes both.',
  },
  {
    text: '`runs/create` without `start_time` begins now, not in 1970. Names that the server gives are `run-` or `model-` with six digits.',
  },
  { text: 'A clash of experiment names is told without the text of the SQL statement. Renaming onto a taken name is refused.' },
  {
    text: 'Page tokens of `runs/search`, `logged-models/search` and `traces/search` belong to their query and are refused in another one.',
  },
  { text: 'A metric that is NaN matches no comparison (there it compares as 0).' },
  {
    text: '`get-download-uri` of a version whose files lie here names the frozen files of the version, not the place they came from.',
  },
  {
    text: 'A deleted registered model keeps the numbers of its versions used: a new one of the name counts on. A name whose earlier versions are kept cannot be renamed onto.',
  },
  { text: 'A model or a version that a deployment holds is neither deleted nor renamed (409).' },
  {
    text: 'While a model has a production deployment, its alias `champion` and the stage `Production` are refused with 409 that names `slipway deploy`.',
  },
  { text: 'Files below `mlflow-artifacts:/` lie below a run, a logged model, a trace or a version; any other path is refused.' },
  { text: '`/graphql` knows the questions of the web app of MLflow, without fragments; a NaN is null there without an error beside it.' },
  {
    text: '`server-info` does not offer uploads in parts: one PUT is kept without a second copy. They are served for who asks for them (`MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=true`), say behind a proxy that limits bodies; there only object stores take them.',
  },
];
