import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const id = z.string().regex(/^[a-z]+_[0-9a-z]{26}$|^local$/, 'an id as in `per_01k…`');
export const time_ms = z.int().min(0).max(253_402_300_799_999);
export const email = z.string().max(254).trim().toLowerCase().pipe(z.email());
export const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'no control characters');
/** Only the most is checked here; how short and how common is too weak is a rule of its own (`weak_password`). */
export const password = z.string().min(1).max(200);

const me = z.object({
  kind: z.enum(['person', 'token', 'job', 'system']),
  id: z.string(),
  name: z.string(),
  person: z.string().nullable(),
  server_admin: z.boolean(),
  /** False while the server runs with `--auth off`: every page shows a banner. */
  auth: z.boolean(),
});

/** A path of this server, to go on to; anything else counts as `/`. */
const nextQuery = z.string().max(2000).optional();
const linkToken = z.string().max(100);

/** Pages that a browser without a session can open; plain HTML, no script. */
export const signInPages = {
  setUpPage: endpoint({
    id: 'access.setUpPage',
    method: 'GET',
    path: '/setup',
    summary: 'The page where the first account is made; needs the link that the server printed.',
    permission: 'public',
    query: z.object({ token: z.string().max(100).optional() }),
    answers: 'html',
  }),
  setUp: endpoint({
    id: 'access.setUp',
    method: 'POST',
    path: '/setup',
    summary: 'Makes the first account and signs it in.',
    permission: 'public',
    body: z.object({ token: z.string().max(100), name: personName, email, password }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['setup_link_not_valid', 'weak_password', 'limit_reached'],
  }),
  signInPage: endpoint({
    id: 'access.signInPage',
    method: 'GET',
    path: '/sign-in',
    summary: 'The sign-in page.',
    permission: 'public',
    query: z.object({ next: nextQuery }),
    answers: 'html',
  }),
  signInForm: endpoint({
    id: 'access.signInForm',
    method: 'POST',
    path: '/sign-in',
    summary: 'Signs in from the sign-in page, and leads to `next`.',
    permission: 'public',
    body: z.object({ email: z.string().max(254), password, next: nextQuery }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['wrong_credentials', 'limit_reached'],
  }),
  signInLinkPage: endpoint({
    id: 'access.signInLinkPage',
    method: 'GET',
    path: '/sign-in-link',
    summary: 'The page of a one-time sign-in link, with one button. To look at it does not use the link up.',
    permission: 'public',
    query: z.object({ token: linkToken.optional(), next: nextQuery }),
    answers: 'html',
  }),
  useSignInLink: endpoint({
    id: 'access.useSignInLink',
    method: 'POST',
    path: '/sign-in-link',
    summary: 'Signs in with a one-time link, which is used up by it, and leads to `next`.',
    permission: 'public',
    body: z.object({ token: linkToken, next: nextQuery }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['sign_in_link_not_valid'],
  }),
} as const;

export const sessions = {
  signIn: endpoint({
    id: 'access.signIn',
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Signs in; the session is a cookie.',
    permission: 'public',
    body: z.object({ email: z.string().max(254), password }),
    bodyLimit_bytes: 8192,
    response: me,
    errors: ['wrong_credentials', 'limit_reached'],
  }),
  signOut: endpoint({
    id: 'access.signOut',
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'Ends the session.',
    permission: 'signed-in',
    status: 204,
  }),
  listSessions: endpoint({
    id: 'access.listSessions',
    method: 'GET',
    path: '/api/v1/sessions',
    summary: "The sessions of the caller's person that last, newest first; never their secrets.",
    permission: 'signed-in',
    response: z.object({
      sessions: z.array(
        z.object({
          id: z.string(),
          /** The program that began it, in its own words. */
          agent: z.string().nullable(),
          made_at_ms: time_ms,
          seen_at_ms: time_ms,
          /** When it is over unless it is used before. */
          ends_at_ms: time_ms,
          /** Whether it is the one that asks. */
          present: z.boolean(),
        }),
      ),
    }),
    errors: ['person_only'],
  }),
  endSession: endpoint({
    id: 'access.endSession',
    method: 'DELETE',
    path: '/api/v1/sessions/:session',
    summary: "Ends one session of the caller's person.",
    permission: 'signed-in',
    params: z.object({ session: id }),
    status: 204,
    errors: ['not_found', 'person_only'],
  }),
  signOutEverywhere: endpoint({
    id: 'access.signOutEverywhere',
    method: 'DELETE',
    path: '/api/v1/sessions',
    summary: "Ends all sessions of the caller's person, this one too, and the sign-in links that wait. Tokens stay.",
    permission: 'signed-in',
    status: 204,
    errors: ['person_only'],
  }),
  createSignInLink: endpoint({
    id: 'access.createSignInLink',
    method: 'POST',
    path: '/api/v1/sign-in-links',
    summary: 'Makes a link that signs a person in once within 15 minutes: oneself, or anybody as an admin of the installation.',
    permission: 'signed-in',
    body: z
      .strictObject({
        /** Neither: the caller. */
        person: id.optional(),
        email: email.optional(),
        next: nextQuery,
      })
      .refine((given) => given.person === undefined || given.email === undefined, 'a person or an email address, not both'),
    status: 201,
    response: z.object({ path: z.string(), person: id, name: z.string(), expires_at_ms: time_ms }),
    errors: ['not_found', 'person_only', 'server_admin_only', 'account_disabled'],
  }),
  me: endpoint({
    id: 'access.me',
    method: 'GET',
    path: '/api/v1/me',
    summary: 'Who the caller is.',
    permission: 'signed-in',
    response: me,
  }),
  changePassword: endpoint({
    id: 'access.changePassword',
    method: 'PUT',
    path: '/api/v1/me/password',
    summary: "Changes the caller's own password and ends all other sessions.",
    permission: 'signed-in',
    body: z.object({ password, new_password: password }),
    status: 204,
    errors: ['wrong_credentials', 'weak_password', 'person_only', 'limit_reached'],
  }),
} as const;
