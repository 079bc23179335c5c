import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { bytes, count, metric, share } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import styles from './models.module.css';
import { fileAddress, type Version } from './models-api.ts';
import type { VersionTabProps } from './version-tab.ts';

type Input = Version['signature']['inputs'][number];
interface Row {
  readonly input: Input;
  readonly importance: number | undefined;
  readonly most: number;
}

const { signature: text, card } = words.models;
const someCategories = 6;

/** What a caller must send, what comes back, and the files. */
export function SignatureTab({ project, version }: VersionTabProps) {
  const { signature, importance, files } = version;
  const most = Math.max(...Object.values(importance), 0);
  const rows = signature.inputs.map((input) => ({ input, importance: importance[input.name], most }));
  const known = rows.some((row) => row.importance !== undefined);
  return (
    <Columns widths="minmax(0, 2.4fr) minmax(0, 1fr)">
      <Card title={text.title} note={text.sentence(rows.length, card.task[signature.task])} flush>
        <Table
          label={text.title}
          rows={rows}
          keyOf={({ input }) => input.name}
          columns={known ? [...columns, importanceColumn] : columns}
        />
      </Card>
      <Stack>
        <Card title={text.gives}>
          <Facts
            facts={[
              [card.predicts, card.task[signature.task]],
              ...(signature.target === null ? [] : [[card.target, signature.target] as const]),
              ...(signature.classes.length > 0 ? [[card.classes, signature.classes.join(', ')] as const] : []),
            ]}
          />
        </Card>
        <Card title={text.files}>
          <ul className={styles['files']}>
            {files.map(({ path, digest, bytes: size }) => (
              <li key={path}>
                <a
                  href={fileAddress(project, version.model, version.number, path)}
                  download={`${version.model}-${version.number}-${path}`}
                  className="name"
                >
                  {path}
                </a>{' '}
                <span className="muted small">{bytes(size)}</span>
                <code className="name muted small">{digest}</code>
              </li>
            ))}
          </ul>
        </Card>
      </Stack>
    </Columns>
  );
}

const columns = [
  { key: 'name', title: text.columns.name, cell: ({ input }: Row) => <bdi className={`name ${styles['cell']}`}>{input.name}</bdi> },
  {
    key: 'kind',
    title: text.columns.kind,
    cell: ({ input: { kind, integer } }: Row) =>
      kind === 'category' ? text.kinds.category : integer ? text.kinds.integer : text.kinds.number,
  },
  { key: 'unit', title: text.columns.unit, cell: ({ input }: Row) => <bdi className="name">{input.unit ?? '–'}</bdi> },
  { key: 'range', title: text.columns.range, cell: ({ input }: Row) => <Known input={input} /> },
  { key: 'missing', title: text.columns.missing, cell: ({ input }: Row) => (input.nullable ? text.yes : text.no) },
];

const importanceColumn = {
  key: 'importance',
  title: text.columns.importance,
  cell: ({ input, importance, most }: Row) =>
    importance === undefined ? (
      '–'
    ) : (
      <span className={styles['importance']}>
        <Meter label={text.importanceOf(input.name, share(importance))} share={most > 0 ? importance / most : 0} />
        <span className="number">{share(importance)}</span>
      </span>
    ),
};

/** The span or the values of training; what lies outside is served with a warning. */
function Known({ input: { min, max, categories } }: { readonly input: Input }) {
  if (categories === null)
    return min === null || max === null ? '–' : <span className="number">{text.range(metric(min), metric(max))}</span>;
  const summary = text.categories(count(categories.length), categories.slice(0, someCategories), categories.length > someCategories);
  if (categories.length <= someCategories) return <span className={`name ${styles['cell']}`}>{summary}</span>;
  return (
    <details>
      <summary className={`name ${styles['cell']}`}>{summary}</summary>
      <p className="name small second">{categories.join(', ')}</p>
    </details>
  );
}
