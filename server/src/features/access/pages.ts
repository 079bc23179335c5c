import { createHash } from 'node:crypto';
import { passwordLeast_chars } from './person.ts';

const style = `
:root { color-scheme: light dark; font: 14.5px/1.5 "Inter Variable", Inter, system-ui, sans-serif; --ink: #14202C; --second: #445160; --quiet: #596675; --paper: #FFFFFF; --subtle: #EDF0F4; --line: #DCE2E9; --field: #7F8C9A; --accent: #1B5FC1; --link: #1956AF; --fill: #1B5FC1; --fill-on: #164FA3; --on-fill: #FFFFFF; --bad: #AD1F2C; --bad-soft: #FCE7E8; }
@media (prefers-color-scheme: dark) { :root { --ink: #E8EDF2; --second: #B2BDC8; --quiet: #94A1AE; --paper: #141B22; --subtle: #1E2832; --line: #2A3641; --field: #6A7988; --accent: #5B9BF3; --link: #86B6FF; --fill: #2467CB; --fill-on: #1B5FC1; --bad: #FF9298; --bad-soft: #3B191D; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); color: var(--ink); background: var(--paper); -webkit-font-smoothing: antialiased; }
.work { display: grid; place-items: center; padding: 32px 24px; min-width: 0; }
.column { width: 100%; max-width: 348px; overflow-wrap: anywhere; }
header { display: flex; align-items: center; gap: 10px; font-size: 21px; font-weight: 660; letter-spacing: -.015em; color: var(--ink); }
header svg { color: var(--accent); flex: none; }
h1 { margin: 34px 0 0; font-size: 24px; line-height: 32px; font-weight: 650; letter-spacing: -.02em; }
p { margin: 4px 0 0; color: var(--second); }
form { margin-top: 20px; }
label { display: block; margin: 14px 0 5px; font-size: 13px; font-weight: 600; }
input { width: 100%; height: 42px; padding: 0 11px; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--field); border-radius: 8px; }
input[aria-invalid] { border-color: var(--bad); }
button { width: 100%; min-height: 42px; margin-top: 20px; padding: 8px 16px; font: inherit; font-weight: 600; color: var(--on-fill); background: var(--fill); border: 0; border-radius: 8px; cursor: pointer; overflow-wrap: anywhere; }
button:hover { background: var(--fill-on); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
a { color: var(--link); font-weight: 550; }
code { padding: .1em .3em; border-radius: 4px; background: var(--subtle); font: .92em "JetBrains Mono", ui-monospace, monospace; white-space: nowrap; }
.problem { margin: 18px 0 0; padding: 10px 12px; border-radius: 8px; color: var(--bad); background: var(--bad-soft); font-weight: 550; }
.hint { margin-top: 6px; color: var(--quiet); font-size: 12px; }
form + .hint { margin-top: 16px; }
.foot { margin-top: 44px; color: var(--quiet); font-size: 12px; }
aside { position: relative; overflow: hidden; background: #0B1D36; color: #FFFFFF; }
aside svg { position: absolute; inset: 0; width: 100%; height: 100%; }
aside .say { position: absolute; left: 56px; right: 32px; bottom: 64px; color: #FFFFFF; }
.say b { display: block; font-size: 25px; line-height: 34px; font-weight: 620; letter-spacing: -.015em; }
.say span { display: block; margin-top: 6px; font-size: 15px; color: #E6EEF8; }
@media (max-width: 860px) { body { grid-template-columns: minmax(0, 1fr); } aside { display: none; } .work { place-items: start center; padding-top: 12vh; } }
@media (forced-colors: active) { button, input { border: 1px solid; } }
`;

/** Nothing is loaded, nothing runs; the one style sheet is named by its hash. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const mark =
  '<svg width="32" height="32" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M1.5 19.5 22.5 12.6" stroke-width="2.4"/><path d="M4 14.2 19.2 9.2c-.6 3-2.8 4.5-5.6 5.1l-5.4 1.6C6 16.2 4.6 15.6 4 14.2Z" fill="currentColor" stroke="none"/><path d="M10.4 10.6V4.2L15 8.9" stroke-width="1.8"/></svg>';

/** The slipway's boards: fainter and closer the further away they are. */
const boards = Array.from({ length: 17 }, (_, index) => {
  const y = (600 + 22 * index + 0.6 * index * index).toFixed(1);
  const far = (420 + 22 * index + 0.6 * index * index).toFixed(1);
  return `<path d="M-20 ${y} 740 ${far}" stroke-opacity="${(0.05 + index * 0.013).toFixed(3)}"/>`;
}).join('');

const picture = `<svg viewBox="0 0 720 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><defs><linearGradient id="night" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#0F2E57"/><stop offset="1" stop-color="#0B1D36"/></linearGradient></defs><path fill="url(#night)" d="M-400-400h1520v1700H-400z"/><g stroke="#7FB0F0" stroke-width="1.2">${boards}</g><path d="M-20 600 740 420" stroke="#8CBBF5" stroke-width="3"/><g transform="translate(388 503) rotate(-13.3)"><path d="M-150 0-138-26M-40 0V-20M70 0V-20M150 0 140-30" stroke="#8CBBF5" stroke-width="5" stroke-linecap="round"/><path d="M-196-104H214C196-52 160-26 104-20L-128-20C-166-24-188-58-196-104Z" fill="#4C8DEB"/><path d="M-196-104H214C211-94 208-86 204-79L-190-79C-193-87-195-95-196-104Z" fill="#BBD7FA"/><path d="M-120-104V-156H-22L2-104Z" fill="#2E6BC6"/><path d="M-104-142H-78V-124H-104ZM-66-142H-40V-124H-66Z" fill="#BBD7FA"/><path d="M60-106V-268" stroke="#8CBBF5" stroke-width="6" stroke-linecap="round"/><path d="M60-264 196-110M60-264-20-160" stroke="#8CBBF5" stroke-width="2" stroke-opacity=".8"/><path d="M60-266 104-254 60-242Z" fill="#F0A24E"/></g></svg>`;

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} - Slipway</title><style>${style}</style></head>
<body><div class="work"><div class="column"><header>${mark}Slipway</header><main><h1>${escapeHtml(title)}</h1>${content}</main></div></div>
<aside aria-label="Slipway">${picture}<p class="say"><b>Track, train, gate, ship, watch, retrain.</b><span>One loop, one process, one record of who did what.</span></p></aside></body>
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
<label for="email">Email</label><input id="email" name="email" type="email" value="${escapeHtml(email)}" required maxlength="254" pattern="${emailPattern}" title="as in ada@example.org" autocomplete="username">
<label for="password">Password</label><input id="password" name="password" type="password" required minlength="${passwordLeast_chars}" maxlength="200" autocomplete="new-password" aria-describedby="hint${problem === null ? '' : ' problem'}"${refused}>
<p class="hint" id="hint">At least ${passwordLeast_chars} characters. A few unrelated words are good.</p>
<button>Make the account and sign in</button>
</form>`,
  );
}

/** Carries on to where the reader wanted to go; nothing for the start page. */
function nextField(next: string): string {
  return next === '/' ? '' : `<input type="hidden" name="next" value="${escapeHtml(next)}">`;
}

export function signInPage({ email, next }: { readonly email: string; readonly next: string }, problem: string | null): string {
  const at = email === '' ? [' autofocus', ''] : ['', ' autofocus'];
  const refused = problem === null ? '' : ' aria-describedby="problem"';
  return page(
    'Sign in',
    `${problemText(problem)}<form method="post" action="/sign-in">${nextField(next)}
<label for="email">Email</label><input id="email" name="email" type="email" value="${escapeHtml(email)}" required maxlength="254" autocomplete="username"${at[0]}>
<label for="password">Password</label><input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password"${refused}${at[1]}>
<button>Sign in</button>
</form>
<p class="hint">Forgotten? Whoever runs the installation can make a link that signs you in once.</p>
<p class="hint">Nobody has an account yet? ${prose('Open the link that `slipway up` printed.')}</p>
<p class="foot">After 5 wrong tries each further one has to wait. Every sign-in is in the audit trail.</p>`,
  );
}

interface LinkFields {
  readonly token: string;
  readonly name: string;
  readonly next: string;
}

/** One button, so that a program which only looks at the link does not use it up. */
export function signInLinkPage({ token, name, next }: LinkFields): string {
  return page(
    'Sign in',
    `<p>This link signs in one person, once.</p><form method="post" action="/sign-in-link">${nextField(next)}
<input type="hidden" name="token" value="${escapeHtml(token)}">
<button autofocus>Sign in as <bdi>${escapeHtml(name)}</bdi></button>
</form>
<p class="hint">Not you? Close this page; the link ends by itself.</p>
<p class="foot">Every sign-in is in the audit trail.</p>`,
  );
}

/** A refusal without a form, with the way on. */
export function refusalPage(problem: string, todo: string): string {
  return page('This did not work', `${problemText(problem)}<p>${prose(todo)}</p><p><a href="/sign-in">To the sign-in page</a></p>`);
}
