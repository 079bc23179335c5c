import { IconArrowBackUp, IconCrown, IconHourglass, IconStairsUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import styles from './approvals.module.css';
import type { Approval } from './approvals-api.ts';
import { effectsOf } from './effects.ts';

const icons = { steps: IconStairsUp, guard: IconArrowBackUp, alias: IconCrown, wait: IconHourglass } as const;

/** What an answer would set going; left out once there is nothing more to answer. */
export function Effects({ project, approval }: { readonly project: string; readonly approval: Approval }) {
  const asked = useQuery(deploymentQueries.list(project));
  if (approval.state !== 'requested') return null;
  return (
    <Card title={words.approvals.consequences}>
      <Part of={asked} height={64}>
        {(deployments) => (
          <ul className={styles['effects']}>
            {effectsOf(approval, deployments).map(({ icon, title, text }) => {
              const Icon = icons[icon];
              return (
                <li key={title}>
                  <Icon size={17} stroke={1.75} aria-hidden />
                  <span>
                    <b className="name">{title}</b>
                    <span className="second small name">{text}</span>
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </Part>
    </Card>
  );
}
