import { project, signInLink, signOut, token, user } from './access-verbs.ts';
import { approvals, approve, refuse } from './approvals-verbs.ts';
import { audit } from './audit-verbs.ts';
import { retrain } from './automations-verbs.ts';
import { data } from './datasets-verbs.ts';
import { deploy, deployments, promote, rollback } from './deployments-verbs.ts';
import { gate } from './gates-verbs.ts';
import { models, retire } from './models-verbs.ts';
import { incidents, monitors } from './monitors-verbs.ts';
import { executions, pipelines, rerun, start } from './pipelines-verbs.ts';
import { outcomes, predict } from './predictions-verbs.ts';
import { apply, init } from './projectfile-verbs.ts';
import { report } from './reports-verbs.ts';
import { runs } from './runs-verbs.ts';
import { backup, du, gc, restore } from './storage-verbs.ts';
import { up } from './up.ts';
import { doctor, env, migrate } from './upkeep-verbs.ts';
import type { Group } from './verb.ts';

/** Every verb, in the order of the loop: what the help, the reference page and commander are made from. */
export const groups: readonly Group[] = [
  { title: 'Develop:', entries: [up, init, apply, data, pipelines, start, executions, rerun, runs, models] },
  { title: 'Release:', entries: [gate, approvals, approve, refuse, deploy, promote, rollback, deployments, retire] },
  { title: 'Watch:', entries: [predict, outcomes, monitors, incidents, retrain, report, audit] },
  { title: 'Operate:', entries: [project, user, signInLink, signOut, token, env, doctor, backup, restore, migrate, gc, du] },
];
