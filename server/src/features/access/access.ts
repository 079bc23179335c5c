import type { Permission } from '@slipway/contracts';
import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import { createAuthentication, type Shown } from './authentication.ts';
import { type AccessDeps, contextOf } from './context.ts';
import { createInstallation } from './installation.ts';
import { createMembers } from './members.ts';
import { createPasswords } from './passwords.ts';
import { createPersons } from './persons.ts';
import { createProjects } from './projects.ts';
import { createSessions } from './sessions.ts';
import { createSignInLinks } from './sign-in-links.ts';
import { Throttle } from './throttle.ts';
import { createTokens } from './tokens.ts';

/** Who may come in and what they may do: accounts, sessions, tokens, projects and their members, and the clock of a project. */
export interface Access {
  authenticate(shown: Shown): Promise<Caller | null>;
  readonly installation: ReturnType<typeof createInstallation>;
  readonly sessions: ReturnType<typeof createSessions>;
  readonly signInLinks: ReturnType<typeof createSignInLinks>;
  readonly persons: ReturnType<typeof createPersons>;
  readonly tokens: ReturnType<typeof createTokens>;
  readonly projects: ReturnType<typeof createProjects>;
  readonly members: ReturnType<typeof createMembers>;
  /** Writes the data folder's token file for the CLI; resolves to its path. */
  ensureCliToken(folder: string): Promise<string>;
  issueExecutionToken(
    execution: string,
    project: Project,
    permissions: readonly Permission[],
    ttl_ms: number,
    person: string | null,
  ): Promise<string>;
  revokeExecutionTokens(execution: string): Promise<void>;
  advanceClock(caller: Caller, project: Project, to_ms: number): Promise<number>;
  projectNow(project_id: string): Promise<number>;
}

export function createAccess(deps: AccessDeps): Access {
  const context = contextOf(deps);
  const passwords = createPasswords();
  const throttle = new Throttle(deps);
  const installation = createInstallation(context, passwords);
  const tokens = createTokens(context);
  const projects = createProjects(context);
  const sessions = createSessions(context, passwords, throttle);
  return {
    authenticate: createAuthentication(context, sessions.accountOf),
    installation,
    sessions,
    signInLinks: createSignInLinks(context),
    persons: createPersons(context, passwords, throttle),
    tokens,
    projects,
    members: createMembers(context),
    ensureCliToken: async (folder) => tokens.writeCliToken(folder, await installation.ensure()),
    issueExecutionToken: tokens.issueForExecution,
    revokeExecutionTokens: tokens.revokeForExecution,
    advanceClock: projects.advanceClock,
    projectNow: projects.now,
  };
}
