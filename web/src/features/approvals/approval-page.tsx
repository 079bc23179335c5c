import { useQuery } from '@tanstack/react-query';
import { ButtonLink } from '../../client/links.tsx';
import { useNames } from '../../client/view.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { usePersonName } from '../access/access-api.ts';
import { gatesQueries } from '../gates/gates-api.ts';
import styles from './approvals.module.css';
import { type Approval, approvalQuery } from './approvals-api.ts';
import { Decision } from './decision.tsx';
import { Effects } from './effects-card.tsx';
import { plainWords } from './evidence.ts';
import { EvidenceCard } from './evidence-card.tsx';
import { stateKinds } from './questions-page.tsx';
import { stateSentence } from './standing.ts';
import { Trail } from './trail.tsx';

const t = words.approvals;

/** Should I sign? */
export function ApprovalPage() {
  const { project, approval: id } = useNames('project', 'approval');
  const asked = useQuery(approvalQuery(project, id));
  const approval = asked.data;
  if (!approval) {
    return (
      <Page title={t.title}>
        <Part of={asked} height={320}>
          {() => null}
        </Part>
      </Page>
    );
  }
  return (
    <Page
      title={t.one(approval.version, approval.model, approval.environment)}
      marks={<Status kind={stateKinds[approval.state]}>{t.states[approval.state]}</Status>}
      sentence={stateSentence(approval)}
      actions={<Asked project={project} approval={approval} />}
    >
      <Columns widths="minmax(0, 1.27fr) minmax(0, 1fr)">
        <Stack>
          <Plain project={project} approval={approval} />
          <EvidenceCard project={project} approval={approval} />
          <Effects project={project} approval={approval} />
          <Decision project={project} approval={approval} />
        </Stack>
        <Trail project={project} model={approval.model} version={approval.version} />
      </Columns>
    </Page>
  );
}

interface Parts {
  readonly project: string;
  readonly approval: Approval;
}

function Asked({ project, approval }: Parts) {
  const nameOf = usePersonName(project);
  return (
    <>
      <span className="second small">
        {t.asked} <Moment at_ms={approval.created_at_ms} />{' '}
        {approval.excluded.length > 0 && <bdi className="name">{t.askedFor(approval.excluded.map(nameOf).join(', '))}</bdi>}
      </span>
      <ButtonLink
        variant="default"
        to="/p/$project/models/$model/versions/$version"
        params={{ project, model: approval.model, version: String(approval.version) }}
      >
        {t.lineage}
      </ButtonLink>
    </>
  );
}

function Plain({ project, approval }: Parts) {
  const asked = useQuery(gatesQueries.verdictAt(project, approval.model, approval.version, approval.verdict_event));
  return (
    <Card title={t.plainTitle} note={t.plainNote}>
      <Part of={asked} height={110}>
        {(verdict) =>
          verdict === null ? (
            <p>{t.noVerdict}</p>
          ) : (
            <div className={styles['words']}>
              {plainWords(verdict, approval.needed, approval.environment).map((paragraph) => (
                <p key={paragraph} className="name">
                  {paragraph}
                </p>
              ))}
            </div>
          )
        }
      </Part>
    </Card>
  );
}
