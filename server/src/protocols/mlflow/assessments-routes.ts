import type { Route } from '../../platform/http/index.ts';
import { assessmentOf, assessmentWire, changedAssessment } from './assessments-mapping.ts';
import { inWordsOf } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { inTrace } from './traces-routes.ts';
import { needed, object, text } from './wire.ts';

interface One {
  readonly trace_id: string;
  readonly assessment_id: string;
}

function inAssessment<T>({ trace_id, assessment_id }: One, work: () => Promise<T>): Promise<T> {
  return inWordsOf({ not_found: `Assessment with ID '${assessment_id}' not found for trace '${trace_id}'` }, work);
}

export function assessmentsRoutes({ traces, clock }: MlflowDeps, { route }: Routing): Route[] {
  const trace_id = needed(text);
  const one = { trace_id, assessment_id: needed(text) };
  return [
    ...route('createAssessment', { trace_id, assessment: needed(object) }, async ({ caller, project, asked }) => {
      const assessment = assessmentOf(asked.assessment ?? {}, clock.now());
      await inTrace(asked.trace_id, () => traces.get(caller, project, asked.trace_id));
      await inAssessment({ trace_id: asked.trace_id, assessment_id: assessment.overrides ?? '' }, () =>
        traces.addAssessment(caller, project, asked.trace_id, assessment),
      );
      return { assessment: assessmentWire(asked.trace_id, assessment) };
    }),
    ...route('getAssessment', one, async ({ caller, project, asked }) => {
      const found = await inAssessment(asked, () => traces.assessment(caller, project, asked.trace_id, asked.assessment_id));
      return { assessment: assessmentWire(asked.trace_id, found) };
    }),
    ...route('updateAssessment', { ...one, assessment: needed(object), update_mask: needed(text) }, async ({ caller, project, asked }) => {
      const { assessment: change, update_mask } = asked;
      const next = await inAssessment(asked, () =>
        traces.changeAssessment(caller, project, asked.trace_id, asked.assessment_id, (known) =>
          changedAssessment(known, change ?? {}, update_mask, clock.now()),
        ),
      );
      return { assessment: assessmentWire(asked.trace_id, next) };
    }),
    ...route('deleteAssessment', one, async ({ caller, project, asked }) => {
      await traces.deleteAssessment(caller, project, asked.trace_id, asked.assessment_id);
      return {};
    }),
  ];
}
