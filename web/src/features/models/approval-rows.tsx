import { ButtonLink } from '../../client/links.tsx';
import { StatusIcon, type StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import styles from './models.module.css';

const { approval: text, groups, holdOf } = words.gates;

const kinds: Readonly<Record<Approval['state'], StatusKind>> = { requested: 'human', granted: 'good', refused: 'bad', void: 'neutral' };

/** Who must sign, who did, and what they said. */
export function ApprovalRows(props: { readonly project: string; readonly verdict: Verdict; readonly approvals: readonly Approval[] }) {
  const { project, verdict, approvals } = props;
  if (approvals.length === 0) return null;
  return (
    <section aria-label={groups.people}>
      <h3 className={styles['group']}>
        {groups.people} <span>{holdOf(approvals.filter(({ state }) => state === 'granted').length, approvals.length)}</span>
      </h3>
      <ul className={styles['checks']}>
        {approvals.map((one) => (
          <li key={one.id} className={styles['check']}>
            <div className={styles['checkRow']}>
              <StatusIcon kind={kinds[one.state]} size={18} />
              <span className={`${styles['checkName']} name`}>{text.name(one.environment)}</span>
              <span className={`${styles['checkFinding']} second name`} title={reasons(one)}>
                {findingOf(one)}
              </span>
              <span className="muted small">{text.needs(verdict.approvals[one.environment] ?? one.needed)}</span>
              <ButtonLink
                to="/p/$project/questions/approvals/$approval"
                params={{ project, approval: one.id }}
                size="compact-sm"
                {...(one.state === 'requested' ? { color: 'human' } : { variant: 'default' })}
              >
                {one.state === 'requested' ? text.review : text.open}
              </ButtonLink>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function findingOf({ state, decisions, needed }: Approval): string {
  const said = (decision: 'approve' | 'refuse') => decisions.filter((one) => one.decision === decision).map(({ name }) => name);
  if (state === 'granted') return text.granted(said('approve'));
  if (state === 'refused') return text.refused(said('refuse'));
  return state === 'void' ? text.void : text.requested(said('approve').length, needed);
}

const reasons = ({ decisions }: Approval): string => decisions.map(({ name, reason }) => `${name}: ${reason}`).join('\n');
