import { share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Approval } from './approvals-api.ts';
import { given } from './standing.ts';

export interface Effect {
  readonly icon: 'steps' | 'guard' | 'alias' | 'wait';
  readonly title: string;
  readonly text: string;
}

type Plan = Pick<Deployment, 'name' | 'champion' | 'definition' | 'retired'>;

/** What a yes sets going: the release by the steps of the deployments that ask for this version's model in this environment. */
export function effectsOf(
  approval: Pick<Approval, 'model' | 'version' | 'environment' | 'needed' | 'decisions'>,
  deployments: readonly Plan[],
): Effect[] {
  const { effects } = words.approvals;
  const { model, version, environment, needed } = approval;
  const more = needed - given(approval) - 1;
  if (more > 0) return [{ icon: 'wait', title: effects.moreTitle, text: effects.more(more) }];
  const takers = deployments.filter((one) => !one.retired && one.definition.model === model && one.definition.environment === environment);
  if (takers.length === 0) return [{ icon: 'wait', title: effects.noneTitle, text: effects.none(environment) }];
  return takers.flatMap(({ name, champion, definition: { rollout } }) => {
    const [first = 1, ...rest] = champion === null ? [1] : rollout.steps;
    const back: Effect =
      champion === null
        ? { icon: 'guard', title: effects.firstTitle, text: effects.first }
        : {
            icon: 'guard',
            title: effects.guardTitle(champion),
            text: rollout.guard.length > 0 ? effects.guard(rollout.guard.join(', ')) : effects.noGuard,
          };
    return [
      { icon: 'steps', title: effects.stepsTitle(version, share(first), name), text: effects.steps(rest.map(share)) },
      back,
      ...(environment === 'production' ? [{ icon: 'alias', title: effects.aliasTitle(version), text: effects.alias } as const] : []),
    ];
  });
}
