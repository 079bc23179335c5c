import { createHash } from 'node:crypto';
import { passwordLeast_chars } from './person.ts';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --ink: #1a1f26; --quiet: #545d69; --paper: #fff; --line: #868e99; --field: #fff; --accent: #0b5cad; --on-accent: #fff; --bad: #b3261e; --tint: #fdf0ef; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --quiet: #a9b1bb; --paper: #14171a; --line: #6f7884; --field: #1e2226; --accent: #7ab7f5; --on-accent: #0c1a29; --bad: #ff8a80; --tint: #2d1b1b; } }
body { max-width: 26rem; margin: 10vh auto 2rem; padding: 0 1rem; color: var(--ink); background: var(--paper); overflow-wrap: break-word; }
header { color: var(--quiet); font-weight: 600; }
h1 { margin: .25rem 0 1rem; font-size: 1.6rem; line-height: 1.25; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { width: 100%; box-sizing: border-box; padding: .55rem .65rem; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: 6px; }
input[aria-invalid] { border-color: var(--bad); }
button { width: 100%; margin-top: 1.5rem; padding: .65rem 1rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 6px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
code { padding: .1em .3em; border-radius: 4px; background: color-mix(in srgb, var(--ink) 9%, transparent); font-size: .9em; white-space: nowrap; }
li { margin: .4rem 0; }
.problem { padding: .6rem .75rem; border-left: 4px solid var(--bad); border-radius: 0 6px 6px 0; background: var(--tint); }
.hint { margin: .35rem 0 0; color: var(--quiet); font-size: .9rem; }
.after { margin-top: 1.5rem; }
`;

/** Nothing is loaded, nothing runs; the one style sheet is named by its hash. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} - Slipway</title><style>${style}</style></head>
<body><header>Slipway</header><main><h1>${escapeHtml(title)}</h1>${content}</main></body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A text of the error table: what stands in backticks is to be typed. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function problemText(problem: string | null): string {
  return problem === null ? '' : `<p class="problem" id="problem" role="alert">${prose(problem)}</p>`;
}

/** Browsers take `ada@localhost`, and the contract does not: said before it is sent. */
const emailPattern = '[^@\\s]+@[^@\\s]+\\.[^@\\s]+';

interface Typed {
  readonly token: string;
  readonly name: string;
  readonly email: string;
}

export function setUpPage({ token, name, email }: Typed, problem: string | null): string {
  const refused = problem === null ? '' : ' aria-invalid="true" autofocus';
  return page(
    'Make the first account',
    `<p>It is the account of the person who runs this installation. The link works once.</p>${problemText(problem)}
<form method="post" action="/setup">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="name">Name</label><input id="name" name="name" value="${escapeHtml(name)}" required maxlength="100" autocomplete="name"${problem === null ? ' autofocus' : ''}>
<label for="email">Email address</label><input id="email" name="email" type="email" value="${escapeHtml(email)}" required maxlength="254" pattern="${emailPattern}" title="as in ada@example.org" autocomplete="username">
<label for="password">Password</label><input id="password" name="password" type="password" required minlength="${passwordLeast_chars}" maxlength="200" autocomplete="new-password" aria-describedby="hint${problem === null ? '' : ' problem'}"${refused}>
<p class="hint" id="hint">At least ${passwordLeast_chars} characters. A few unrelated words are good.</p>
<button>Make the account and sign in</button>
</form>`,
  );
}

export function signInPage(email: string, problem: string | null): string {
  const at = email === '' ? [' autofocus', ''] : ['', ' autofocus'];
  return page(
    'Sign in',
    `${problemText(problem)}<form method="post" action="/sign-in">
<label for="email">Email address</label><input id="email" name="email" type="email" value="${escapeHtml(email)}" required maxlength="254" autocomplete="username"${at[0]}>
<label for="password">Password</label><input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password"${at[1]}>
<button>Sign in</button>
</form>
<p class="hint after">Nobody has an account yet? ${prose('Open the link that `slipway up` printed.')}</p>`,
  );
}

/** A refusal without a form, with the way on. */
export function refusalPage(problem: string, todo: string): string {
  return page('This did not work', `${problemText(problem)}<p>${prose(todo)}</p><p><a href="/sign-in">To the sign-in page</a></p>`);
}
