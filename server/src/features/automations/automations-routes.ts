import { api } from '@slipway/contracts';
import { defined } from '../../kernel/defined.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import type { Automations } from './index.ts';

export interface AutomationsRoutesDeps {
  readonly automations: Automations;
  /** Jobs of a project that are due or running. */
  readonly due: (project_id: string) => Promise<number>;
  /** Approvals of a project that wait for a person. */
  readonly waiting: (project_id: string) => Promise<number>;
}

export function automationsRoutes({ automations, due, waiting }: AutomationsRoutesDeps): Route[] {
  return [
    implement(api.automations.list, async ({ caller, project }) => ({ items: await automations.list(caller, project) })),
    implement(api.automations.decisions, async ({ caller, project, query }) => {
      const { items, next } = await automations.decisions(caller, project, defined(query));
      return { items: [...items], next };
    }),
    implement(api.automations.due, async ({ project }) => ({ due: await due(project.id), approvals: await waiting(project.id) })),
  ];
}
