import type { ErrorEntry } from './entry.ts';
import { httpErrors } from './http.ts';

/** Errors of the room `access`, and of the server at whose door it stands. */
export const accessErrors = {
  ...httpErrors,
  not_signed_in: {
    status: 401,
    message: 'This needs a sign-in.',
    todo: 'Sign in on the start page, or send `Authorization: Bearer <token>` (`slipway token create`; the CLI reads SLIPWAY_TOKEN).',
  },
  token_not_valid: {
    status: 401,
    message: 'This token is unknown, expired or revoked.',
    todo: 'Make a new one with `slipway token create`, and check which one the caller sends.',
  },
  wrong_credentials: {
    status: 401,
    message: 'Email address and password do not match an account.',
    todo: 'Try again. An admin can set a new password with `slipway user reset`.',
  },
  not_permitted: {
    status: 403,
    message: '{caller} may not do this: it needs `{permission}` in project {project}.',
    todo: 'Ask an admin of the project for a role that has it (`slipway user role`).',
  },
  server_admin_only: {
    status: 403,
    message: '{caller} may not do this: it is for admins of the installation.',
    todo: 'Ask an admin of the installation.',
  },
  person_only: {
    status: 403,
    message: '{caller} is a token, and only a person may {what}.',
    todo: 'Sign in as a person and do it there.',
  },
  right_not_held: {
    status: 403,
    message: '{caller} may not give the right `{permission}` in project {project}: who gives a right must hold it.',
    todo: 'Ask someone who holds it, or an admin of the installation.',
  },
  setup_link_not_valid: {
    status: 403,
    message: 'This set-up link was used or is older than 24 hours.',
    todo: 'Sign in if the account is there already; else restart the server: it prints a new link.',
  },
  sign_in_link_not_valid: {
    status: 403,
    message: 'This sign-in link was used already, is older than 15 minutes, or was never made.',
    todo: 'Ask for a new one (`slipway sign-in-link`), or sign in with the password.',
  },
  account_disabled: {
    status: 409,
    message: 'The account {name} is disabled.',
    todo: 'An admin of the installation can let it in again with `slipway user disable --undo`.',
  },
  weak_password: {
    status: 422,
    message: 'This password is refused: {reason}.',
    todo: 'Choose at least {least_chars} characters that are not a well-known password; a few unrelated words are good.',
  },
  last_admin: {
    status: 409,
    message: '{name} is the last admin of the installation.',
    todo: 'Make another person an admin first.',
  },
  clock_backwards: {
    status: 422,
    message: 'The clock of project {project} is at {now} and cannot go back to {asked}.',
    todo: 'Send a later time: the clock of a project only moves forward.',
  },
  clock_is_wall: {
    status: 409,
    message: 'Project {project} follows the wall clock; nobody moves it.',
    todo: 'An admin of the project can set its clock to `data`.',
  },
} as const satisfies Record<string, ErrorEntry>;
