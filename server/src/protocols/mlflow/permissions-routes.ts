import type { Access } from '../../features/access/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Route } from '../../platform/http/index.ts';
import { inExperiment } from './experiments-routes.ts';
import { invalid, refusal } from './refusal.ts';
import { inRegistry } from './registry-routes.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { needed, oneOf, text } from './wire.ts';

/** In their order: each may do what the ones before it may. */
const words = ['NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE'] as const;
type Word = (typeof words)[number];

/** What a role may do here, as old scripts call it. An approver decides on releases, for which they have no word. */
const wordOf = { viewer: 'READ', approver: 'READ', contributor: 'EDIT', admin: 'MANAGE' } as const;

/**
 * Permissions as clients before 3.13 ask for them, of one experiment or model. Rights are those of a whole project here, so they are told and
 * never given: a script that makes sure of a right goes on where the right is there, and is told what to do where it is not.
 */
export function permissionsRoutes({ access, runs, models }: MlflowDeps, { route }: Routing): Route[] {
  const username = needed(text);
  const permission = needed(oneOf(...words));
  const ofExperiment = (caller: Caller, project: Project, asked: string) =>
    inExperiment(asked, async (id) => (await runs.getExperiment(caller, project, id)).id);
  const ofModel = (caller: Caller, project: Project, name: string) =>
    inRegistry(name, async () => (await models.registry.getModel(caller, project, name)).name);

  return [
    ...route('getExperimentPermission', { experiment_id: needed(text), username }, async ({ caller, project, asked }) => {
      const experiment_id = await ofExperiment(caller, project, asked.experiment_id);
      return { experiment_permission: { experiment_id, ...(await heldBy(access, caller, project, asked.username)) } };
    }),
    ...route('createExperimentPermission', { experiment_id: needed(text), username, permission }, async ({ caller, project, asked }) => {
      const experiment_id = await ofExperiment(caller, project, asked.experiment_id);
      return { experiment_permission: { experiment_id, ...(await assertHeld(access, caller, project, asked)) } };
    }),
    ...route('getModelPermission', { name: needed(text), username }, async ({ caller, project, asked }) => {
      const name = await ofModel(caller, project, asked.name);
      return { registered_model_permission: { name, ...(await heldBy(access, caller, project, asked.username)) } };
    }),
    ...route('createModelPermission', { name: needed(text), username, permission }, async ({ caller, project, asked }) => {
      const name = await ofModel(caller, project, asked.name);
      return { registered_model_permission: { name, ...(await assertHeld(access, caller, project, asked)) } };
    }),
  ];
}

async function heldBy(access: Access, caller: Caller, project: Project, username: string): Promise<{ user_id: string; permission: Word }> {
  const members = await access.members.list(caller, project);
  const member = members.find(({ email, person }) => email === username || person === username);
  if (!member) throw refusal('RESOURCE_DOES_NOT_EXIST', `User with username=${username} has no rights in project ${project.name}.`);
  return { user_id: member.person, permission: wordOf[member.role] };
}

async function assertHeld(
  access: Access,
  caller: Caller,
  project: Project,
  { username, permission }: { readonly username: string; readonly permission: Word | null },
): Promise<{ user_id: string; permission: Word }> {
  const held = await heldBy(access, caller, project, username);
  const wanted = permission ?? 'NO_PERMISSIONS';
  if (wanted !== 'NO_PERMISSIONS' && words.indexOf(held.permission) >= words.indexOf(wanted)) return held;
  throw invalid(
    `Rights are given for a whole project here, and ${username} has ${held.permission} in ${project.name}. An admin changes that with \`slipway user add\` or in the settings of the project.`,
  );
}
