import { gzipSync } from 'node:zlib';

/** One hostile thing, written as it goes over the wire. */
export interface Input {
  readonly name: string;
  readonly text: string;
  /** Where it is of another kind than any text or number: the place must be refused by its name. */
  readonly wrongFor?: 'scalar' | 'container';
  /** Sent in the full form only. */
  readonly heavy?: boolean;
}

const mebi = 1_048_576;

/** Texts that are dangerous to paths, queries, pages, logs, tables and programs, whatever they are put into. */
const texts: readonly [string, string][] = [
  ['empty', ''],
  ['space', ' '],
  ['climbing path', '../../../../etc/passwd'],
  ['climbing path, backslashes', '..\\..\\..\\etc\\passwd'],
  ['climbing path, mixed', '..\\../..\\../etc/passwd'],
  ['climbing path, encoded', '..%2f..%2fetc%2fpasswd'],
  ['climbing path, encoded twice', '..%252f..%252fetc%252fpasswd'],
  ['climbing path, encoded three times', '..%25252f..%25252fetc%25252fpasswd'],
  ['climbing path, wide', '．．／．．／etc／passwd'],
  ['climbing path, overlong', '..%c0%af..%c0%afetc%c0%afpasswd'],
  ['path with parameters', '..;/..;/etc/passwd'],
  ['fragment trick', '#/../../etc/passwd'],
  ['query trick', '?/../../etc/passwd'],
  ['absolute path', '/etc/shadow'],
  ['guarded path', '{guard}/passwd'],
  ['guarded path, climbing', '../guarded/canary.txt'],
  ['process folder', '//proc/self/root/etc/shadow'],
  ['file address', 'file:///etc/shadow'],
  ['file address with a host', 'file://localhost/etc/shadow'],
  ['other storage', 's3://other-bucket/key'],
  ['drive', 'C:\\Windows\\win.ini'],
  ['share', '\\\\192.0.2.1\\share\\x'],
  ['home', '~/.ssh/id_rsa'],
  ['variable', '$HOME/$(id)/`id`'],
  ['metadata address', 'http://169.254.169.254/latest/meta-data/'],
  ['outside address', 'http://198.51.100.7:9/x'],
  ['outside name', 'https://canary.example.invalid/x'],
  ['NUL', 'a\0b'],
  ['controls', 'a\x01\x07\x1b[31mb\x7f'],
  ['lines', 'a\r\nSet-Cookie: planted=1\r\n\r\nb'],
  ['bidi override', 'a\u202egpj.exe'],
  ['zero width', 'a\u200bb\ufeff'],
  ['not composed', 'cafe\u0301'],
  ['sharp s', 'straße'],
  ['emoji', '💥👩‍👩‍👧'],
  ['device', 'CON'],
  ['dot', '.'],
  ['dots', '..'],
  ['dot file', '.hidden'],
  ['trailing dot', 'name.'],
  ['stream', 'a:b'],
  ['256 characters', 'n'.repeat(256)],
  ['70,000 characters', 'l'.repeat(70_000)],
  ['deep path', 'd/'.repeat(1000)],
  ['SQL', "' OR 1=1 --"],
  ['SQL, stacked', "x'; DROP TABLE events; --"],
  ['SQL, wild', '%_%'],
  ['format', '%s%n%x%d'],
  ['template', '\u0024{7*7}{{7*7}}<%= 7*7 %>'],
  ['script', '"><script>alert(1)</script>'],
  ['image', '<img src=x onerror=alert(1)>'],
  ['javascript address', 'javascript:alert(1)'],
  ['other server', '//evil.example/x'],
  ['other server, backslash', '/\\evil.example/x'],
  ['formula', '=HYPERLINK("http://198.51.100.7","x")'],
  ['shell', '; id #'],
  ['option', '--version'],
  ['slow pattern', `${'a'.repeat(5000)}!`],
  ['pattern', '(a+)+$'],
  ['prototype', '__proto__'],
  ['constructor', 'constructor'],
  ['method of objects', 'toString'],
  ['own-property test', 'hasOwnProperty'],
  ['number as text', '1e400'],
  ['not a number as text', 'NaN'],
  ['infinity as text', 'Infinity'],
  ['minus zero as text', '-0'],
  ['hex as text', '0x10'],
  ['beyond integers as text', '9007199254740993'],
  ['beyond 64 bits as text', '99999999999999999999999999'],
  ['true as text', 'true'],
  ['null as text', 'null'],
  ['undefined as text', 'undefined'],
  ['YAML tag', '!!js/function "function(){}"'],
  ['YAML aliases', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]'],
  ['pickle', '\x80\x04cos\nsystem\n(S"id"\ntR.'],
  ['address with a line', 'a@example.org\nBcc: b@example.org'],
];

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** What stands in the place of a value of a JSON body. */
export function jsonInputs(guard: string): Input[] {
  const placed = texts.map(([name, text]) => ({ name: `text: ${name}`, text: JSON.stringify(text.replace('{guard}', guard)) }));
  return [
    ...placed,
    { name: 'null', text: 'null' },
    { name: 'true', text: 'true' },
    { name: '0', text: '0' },
    { name: '-0', text: '-0' },
    { name: '-1', text: '-1' },
    { name: '1.5', text: '1.5' },
    { name: '1e400', text: '1e400' },
    { name: '-1e400', text: '-1e400' },
    { name: '5e-324', text: '5e-324' },
    { name: '1.7976931348623157e308', text: '1.7976931348623157e308' },
    { name: '2^53+1', text: '9007199254740993' },
    { name: '2^31', text: '2147483648' },
    { name: '2^64', text: '18446744073709551616' },
    { name: 'NaN, which is no JSON', text: 'NaN' },
    { name: 'Infinity, which is no JSON', text: 'Infinity' },
    { name: 'half a surrogate pair', text: '"\\ud800"' },
    { name: 'empty list', text: '[]', wrongFor: 'scalar' },
    { name: 'list of lists', text: '[[[]]]', wrongFor: 'scalar' },
    { name: 'list of nulls', text: '[null,null]', wrongFor: 'scalar' },
    { name: '20,000 zeros', text: `[${'0,'.repeat(19_999)}0]`, wrongFor: 'scalar' },
    { name: 'empty object', text: '{}', wrongFor: 'scalar' },
    { name: 'operator', text: '{"$ne":1}', wrongFor: 'scalar' },
    { name: 'object that speaks', text: '{"toString":1,"toJSON":1,"valueOf":1,"length":-1}', wrongFor: 'scalar' },
    { name: 'prototype member', text: '{"__proto__":{"polluted":true}}', wrongFor: 'scalar' },
    { name: 'prototype member, escaped', text: '{"\\u005f_proto__":{"polluted":true}}', wrongFor: 'scalar' },
    { name: 'constructor member', text: '{"constructor":{"prototype":{"polluted":true}}}', wrongFor: 'scalar' },
    { name: '5,000 members', text: `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":0`).join(',')}}`, wrongFor: 'scalar' },
    { name: 'nested 60 deep', text: deep(60), wrongFor: 'scalar' },
    { name: 'nested 100,000 deep', text: deep(100_000) },
    { name: 'text for a list or object', text: '"text"', wrongFor: 'container' },
    { name: '1 MB of text', text: JSON.stringify('m'.repeat(mebi - 200)), heavy: true },
    { name: '1 MB of quotes', text: JSON.stringify('"'.repeat(mebi / 2 - 200)), heavy: true },
  ];
}

/** What stands in the place of a part of a path or of a query, percent-encoded or raw as an attacker writes it. */
export function addressInputs(guard: string): Input[] {
  const encoded = texts
    .filter(([, text]) => text.length < 5000 && text !== '')
    .map(([name, text]) => ({ name, text: encodeURIComponent(text.replace('{guard}', guard)) }));
  return [
    ...encoded,
    ...[
      '%',
      '%zz',
      '%00',
      '%ff%fe',
      '%F0%9F',
      '%2e%2e%2f',
      '%252e%252e%252f',
      '..%5c..%5c',
      ';x=1',
      '%3Bx=1',
      '%ED%A0%80',
      '%u0041',
      '*',
      '+',
      '-1',
      '0',
      '1.5',
      '1e3',
    ].map((text) => ({ name: `raw ${text}`, text })),
    { name: '1,100 characters', text: 'p'.repeat(1100) },
    { name: '7,000 characters', text: 'p'.repeat(7000) },
  ];
}

/** A whole body and its headers. */
export interface BodyInput {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The one status that is right, where there is one. */
  readonly status?: readonly number[];
  readonly heavy?: boolean;
}

const json = { 'content-type': 'application/json' };

/** Whole bodies that are wrong, made from one that is right. */
export function bodyInputs(good: string): BodyInput[] {
  const text = (name: string, body: string, status?: readonly number[]): BodyInput => ({
    name,
    headers: json,
    body: Buffer.from(body),
    ...(status && { status }),
  });
  const members = good.startsWith('{') && good !== '{}' ? good.slice(1, -1) : '';
  const bad = [400];
  return [
    text('nothing', ''),
    text('half', good.slice(0, -1), bad),
    text('two values', `${good} ${good}`, bad),
    text('comment', `/* x */ ${good}`, bad),
    text('trailing comma', members === '' ? '[1,]' : `{${members},}`, bad),
    text('single quotes', "{'a':1}", bad),
    text('byte order mark', `\ufeff${good}`),
    text('prototype member', members === '' ? '{"__proto__":{"polluted":true}}' : `{"__proto__":{"polluted":true},${members}}`),
    text('constructor member', members === '' ? '{"constructor":1}' : `{"constructor":{"prototype":{"polluted":true}},${members}}`),
    text('every member twice', members === '' ? '{}' : `{${members},${members}}`),
    text(
      'members that are for the server',
      members === ''
        ? '{}'
        : `{${members},"id":"x","person":"x","project_id":"x","server_admin":true,"created_at_ms":1,"permit":{"verdict_event":1}}`,
    ),
    text('nested 65 deep', `{"a":${deep(65)}}`, bad),
    text('nested 200,000 deep', deep(200_000), bad),
    { name: 'not UTF-8', headers: json, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), status: bad },
    { name: 'UTF-16', headers: json, body: Buffer.from(good, 'utf16le'), status: bad },
    { name: 'text/plain', headers: { 'content-type': 'text/plain' }, body: Buffer.from(good), status: [415] },
    {
      name: 'a form of files',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: Buffer.from('--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
      status: [415],
    },
    { name: 'two types', headers: { 'content-type': 'application/json, text/html' }, body: Buffer.from(good), status: [415] },
    {
      name: 'XML',
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/shadow">]><a>&b;</a>'),
      status: [415],
    },
    { name: 'unknown coding', headers: { ...json, 'content-encoding': 'br' }, body: Buffer.from(good), status: [415] },
    { name: 'gzip that is none', headers: { ...json, 'content-encoding': 'gzip' }, body: Buffer.from(good), status: bad },
    {
      name: 'half a gzip',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(good.padEnd(4000)).subarray(0, 20),
      status: bad,
    },
    { name: 'gzip bomb', headers: { ...json, 'content-encoding': 'gzip' }, body: bomb(), status: [413] },
    { name: 'gzip within gzip', headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(gzipSync(good)), status: bad },
    { name: 'a million members', headers: json, body: millionMembers(), status: [400, 413, 422], heavy: true },
  ];
}

let bombed: Buffer | undefined;
/** 64 MB of spaces, larger than any JSON body may be, in 64 KB. */
function bomb(): Buffer {
  bombed ??= gzipSync(Buffer.alloc(64 * mebi, 0x20), { level: 9 });
  return bombed;
}

let members: Buffer | undefined;
function millionMembers(): Buffer {
  members ??= Buffer.from(`{${Array.from({ length: 1_000_000 }, (_, at) => `"${at.toString(36)}":0`).join(',')}}`);
  return members;
}

/** Headers that are read by us, or that others would believe; one of them is set on a request that is right. */
export const headerInputs: readonly Readonly<Record<string, string>>[] = [
  { authorization: 'Bearer' },
  { authorization: 'Bearer  ' },
  { authorization: `Bearer ${'x'.repeat(4000)}` },
  { authorization: 'Basic YWRtaW46YWRtaW4=' },
  { authorization: 'Bearer __proto__' },
  { authorization: "Bearer ' OR 1=1--" },
  { cookie: 'slipway_session=' },
  { cookie: `slipway_session=${'y'.repeat(4000)}` },
  { cookie: ';;;=;a;__proto__=1;constructor=2; slipway_session=%00' },
  { cookie: 'a=b; '.repeat(500) },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'k'.repeat(129) },
  { 'idempotency-key': '../../etc/passwd' },
  { 'idempotency-key': "' OR 1=1--" },
  { 'last-event-id': '-1' },
  { 'last-event-id': '9007199254740993' },
  { 'last-event-id': 'NaN' },
  { range: 'bytes=0-1,2-3,5-999999999999' },
  { range: 'bytes=-1' },
  { range: `bytes=${'0-1,'.repeat(1000)}0-1` },
  { 'if-none-match': '*' },
  { 'if-modified-since': 'not a date' },
  { accept: 'text/html, */*; q=NaN' },
  { 'accept-encoding': 'gzip;q=0, br, *' },
  { 'content-length': '0' },
  { expect: '200-ok' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-http-method': 'DELETE' },
  { 'x-method-override': 'DELETE' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-proto': 'https' },
  { forwarded: 'for=127.0.0.1;host=evil.example;proto=https' },
  { 'x-original-url': '/api/v1/persons' },
  { 'x-rewrite-url': '/api/v1/persons' },
  { 'x-user': 'admin' },
  { 'x-remote-user': 'admin' },
  { 'x-mlflow-workspace': '../kept' },
  { traceparent: 'zz-zz-zz-zz' },
  { baggage: 'langsmith-endpoint=http://198.51.100.7' },
  { upgrade: 'websocket', connection: 'upgrade' },
  { origin: 'null' },
  { origin: 'https://evil.example' },
  { origin: 'http://127.0.0.1.evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'x-padding': 'h'.repeat(12_000) },
];

/** Every header that a right request carries beside the usual ones, with what does not belong there. */
export function ownHeaderInputs({ headers = {} }: { readonly headers?: Readonly<Record<string, string>> }): Record<string, string>[] {
  const wrong = [
    '',
    '-1',
    '0',
    '1e3',
    '99999999999999999999',
    '../../etc/passwd',
    "' OR 1=1--",
    '__proto__',
    'x'.repeat(9000),
    '\u00ff\u00fe',
  ];
  return Object.keys(headers).flatMap((name) => wrong.map((value) => ({ [name]: value })));
}

/** Bytes that were right, spoiled: cut anywhere, one byte turned over anywhere, lengths that promise more than there is. */
export function spoiled(bytes: Uint8Array): { readonly name: string; readonly bytes: Buffer }[] {
  const at = Array.from({ length: Math.min(bytes.length, 120) }, (_, step) =>
    Math.floor((step * bytes.length) / Math.min(bytes.length, 120)),
  );
  const turned = (place: number, by: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[place] = (copy[place] ?? 0) ^ by;
    return copy;
  };
  const nested = (levels: number): Buffer => {
    let inner = Buffer.alloc(0);
    for (let level = 0; level < levels; level++) inner = Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner]);
    return inner;
  };
  return [
    ...at.map((place) => ({ name: `cut at ${place}`, bytes: Buffer.from(bytes.subarray(0, place)) })),
    ...at.flatMap((place) => [0x01, 0x80, 0xff].map((by) => ({ name: `byte ${place} turned by ${by}`, bytes: turned(place, by) }))),
    { name: 'a length of 4 GB', bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]) },
    { name: 'a length of 70 bits', bytes: Buffer.from([0x0a, ...Array<number>(10).fill(0xff), 0x01]) },
    { name: 'nested 5,000 deep', bytes: nested(5000) },
    { name: 'a million empty messages', bytes: Buffer.alloc(2_000_000, Buffer.from([0x0a, 0x00])) },
  ];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
