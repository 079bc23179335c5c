import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { metric, share } from '../../design/numbers.ts';
import { Spark } from '../../design/pictures.tsx';
import { Mark, StatusIcon } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import type { Evidence } from '../gates/gates-api.ts';
import { AliasIcon } from './alias-icon.tsx';
import { headline, keyOf, limitNumber } from './criteria.ts';
import type { ModelFacts } from './model-facts.ts';
import styles from './models.module.css';
import type { ListedVersion } from './models-api.ts';
import { usageOf } from './served.ts';
import type { VersionTabProps } from './version-tab.ts';
import { newestVerdict, valuesByVersion, verdictWord } from './versions.ts';

const shown = 8;
const { side } = words.models;

/** All versions, newest first: aliases, the verdict, whether it serves, its figure, when it was made. */
export function VersionSide({ project, version, facts }: VersionTabProps) {
  const [view, setView] = useView({ older: false });
  const newest = facts.versions.find((one) => newestVerdict(facts.verdicts, one.number));
  const verdict = newest && newestVerdict(facts.verdicts, newest.number);
  const figure = verdict && headline(verdict);
  const rows = facts.versions.filter((one, index) => view.older || index < shown || one.number === version.number);
  const hidden = facts.versions.length - rows.length;
  return (
    <section className={styles['side']} aria-label={side.label}>
      <div className={styles['sideHead']}>
        <h2>{side.title}</h2>
        <span className="muted small name">{figure?.metric}</span>
      </div>
      <ol className={styles['sideList']}>
        {rows.map((one) => (
          <Row key={one.id} project={project} one={one} open={one.number === version.number} facts={facts} figure={figure} />
        ))}
      </ol>
      {(hidden > 0 || view.older) && (
        <div className={styles['sideMore']}>
          <Button size="compact-xs" variant="subtle" onClick={() => setView({ older: !view.older })}>
            {view.older ? side.fewer : side.older(hidden)}
          </Button>
        </div>
      )}
      {figure && <Trend facts={facts} figure={figure} />}
    </section>
  );
}

function Row(props: {
  readonly project: string;
  readonly one: ListedVersion;
  readonly open: boolean;
  readonly facts: ModelFacts;
  readonly figure: Evidence | undefined;
}) {
  const { project, one, facts, figure } = props;
  const verdict = newestVerdict(facts.verdicts, one.number);
  const value = verdict && figure && verdict.evidence.find((each) => keyOf(each) === keyOf(figure))?.value;
  const marks = Object.entries(facts.model?.aliases ?? {}).filter(([, to]) => to === one.number);
  return (
    <li>
      <Link
        to="/p/$project/models/$model/versions/$version"
        params={{ project, model: one.model, version: String(one.number) }}
        search={(before: object) => before}
        className={`${styles['sideRow']} ${props.open ? styles['open'] : ''}`}
        aria-current={props.open ? 'page' : undefined}
      >
        <span className={`${styles['sideLine']} ${styles['sideTop']}`}>
          <b>{words.models.version(one.number)}</b>
          {marks.map(([alias]) => (
            <Mark key={alias} accent>
              <AliasIcon alias={alias} />
              {alias}
            </Mark>
          ))}
          <b className="number">{value === undefined ? '' : metric(value)}</b>
        </span>
        <span className={`${styles['sideLine']} small second`}>
          <State one={one} facts={facts} />
          <span className="muted">
            <Moment at_ms={facts.madeAt_ms(one)} only="day" />
          </span>
        </span>
      </Link>
    </li>
  );
}

function State({ one, facts }: { readonly one: ListedVersion; readonly facts: ModelFacts }) {
  const [kind, word] = verdictWord(one.number, facts.verdicts, facts.approvals);
  const usage = usageOf(one.number, facts.deployments, facts.spans);
  return (
    <span className={styles['sideState']}>
      <StatusIcon kind={kind} size={15} />
      <span>
        {word},{' '}
        {one.retired_at_ms !== null
          ? side.retired
          : usage.kind === 'serves'
            ? side.serves(share(usage.share))
            : usage.kind === 'served'
              ? side.served
              : side.never}
      </span>
    </span>
  );
}

/** The figure of every judged version with the limit of the gate. */
function Trend({ facts, figure }: { readonly facts: ModelFacts; readonly figure: Evidence }) {
  const limit = limitNumber(
    figure,
    facts.gates.flatMap(({ definition }) => definition.criteria),
  );
  const values = valuesByVersion(facts, figure);
  const [first, last] = [values[0], values.at(-1)];
  if (!first || !last || values.length < 2) return null;
  return (
    <div className={styles['trend']}>
      <div className={styles['sideLine']}>
        <h3 className="name">{side.trend(figure.metric)}</h3>
        {limit !== undefined && <span className="muted small">{side.limit(metric(limit))}</span>}
      </div>
      <Spark
        label={side.trendLabel(figure.metric, metric(last.value), values.length)}
        values={values.map(({ value }) => value)}
        {...(limit === undefined ? {} : { limit })}
      />
      <div className={`${styles['sideLine']} muted small`}>
        <span>{words.models.version(first.version)}</span>
        <span>{words.models.version(last.version)}</span>
      </div>
    </div>
  );
}
