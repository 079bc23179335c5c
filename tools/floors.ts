/**
 * The floors of the features, lowest first. A feature imports only doors of floors below its own; features on one floor do not
 * know each other. `.dependency-cruiser.mjs` makes its rules from this array and `docs/reference/floors.md` is generated from it,
 * so a move is one line here and a decision record.
 */
export const floors: readonly (readonly string[])[] = [
  ['access', 'audit'],
  ['datasets'],
  ['runs', 'traces', 'training'],
  ['models'],
  ['predictions'],
  ['gates', 'approvals'],
  ['deployments'],
  ['monitors'],
  ['pipelines', 'sweeps'],
  ['machines', 'questions'],
  ['notifications', 'reports', 'automations'],
  ['projectfile'],
];

/** One rule in dependency-cruiser's own form, as far as we use it. */
export interface ImportRule {
  readonly name: string;
  readonly severity: 'error';
  readonly comment: string;
  readonly from: Readonly<Record<string, string | readonly string[]>>;
  readonly to: Readonly<Record<string, string | boolean | readonly string[]>>;
}

const src = '^server/src/';
/** A room's own tests and their fixtures may look behind doors. */
const testFile = '\\.(test|fixture)\\.ts$';

function rule(name: string, comment: string, from: ImportRule['from'], to: ImportRule['to']): ImportRule {
  return { name, severity: 'error', comment, from, to };
}

/** A feature may enter a door of a lower floor, and nothing else outside its own folder. */
function floorRules(): ImportRule[] {
  const rules: ImportRule[] = [];
  const below: string[] = [];
  for (const floor of floors) {
    for (const feature of floor) {
      const allowed = [feature, ...below].join('|');
      rules.push(
        rule(
          `floor-of-${feature}`,
          `features/${feature} may import only these features: ${below.join(', ') || 'none'}. To cause something above, emit an event and map it in app/reactions.ts.`,
          { path: `${src}features/${feature}/` },
          { path: `${src}features/`, pathNot: `${src}features/(${allowed})/` },
        ),
      );
    }
    below.push(...floor);
  }
  return rules;
}

/** Layers, lowest first; each names the folders (relative to `server/src`) that it may never import. */
const layers: readonly { readonly room: string; readonly mayNotImport: readonly string[] }[] = [
  { room: 'kernel/', mayNotImport: ['platform/', 'features/', 'protocols/', 'cli/', 'app/', 'main\\.ts'] },
  { room: 'platform/', mayNotImport: ['features/', 'protocols/', 'cli/', 'app/', 'main\\.ts'] },
  { room: 'features/', mayNotImport: ['protocols/', 'cli/', 'app/', 'main\\.ts'] },
  { room: 'protocols/', mayNotImport: ['cli/', 'app/', 'main\\.ts'] },
  { room: 'cli/', mayNotImport: ['protocols/', 'app/', 'main\\.ts'] },
  { room: 'app/', mayNotImport: ['main\\.ts'] },
];

function layerRules(): ImportRule[] {
  return layers.map(({ room, mayNotImport }) =>
    rule(
      `layer-of-${room.replace('/', '')}`,
      'Imports go one way: kernel < platform < features < protocols, cli < app < main.',
      { path: `${src}${room}` },
      { path: `${src}(${mayNotImport.join('|')})` },
    ),
  );
}

function doorRules(): ImportRule[] {
  return [
    rule(
      'door-of-features',
      "Enter another feature through its index.ts. What you need and is not there belongs in that door, as a value and not as a row. A room's own test may look inside its neighbours.",
      { path: `${src}features/([^/]+)/`, pathNot: testFile },
      { path: `${src}features/[^/]+/.+`, pathNot: [`${src}features/$1/`, `${src}features/[^/]+/index\\.ts$`] },
    ),
    rule(
      'door-of-platform',
      'Enter another platform room through its index.ts (or platform/compute/entries.ts).',
      { path: `${src}platform/([^/]+)/`, pathNot: testFile },
      {
        path: `${src}platform/[^/]+/.+`,
        pathNot: [`${src}platform/$1/`, `${src}platform/[^/]+/index\\.ts$`, 'platform/compute/entries\\.ts$'],
      },
    ),
    rule(
      'doors-from-above',
      'Features, protocols, the CLI and app enter platform and feature rooms through their index.ts.',
      { path: `${src}(features|protocols|cli|app|main\\.ts)`, pathNot: testFile },
      { path: `${src}platform/[^/]+/.+`, pathNot: [`${src}platform/[^/]+/index\\.ts$`, 'platform/compute/entries\\.ts$'] },
    ),
    rule(
      'doors-of-features-from-above',
      'Protocols, the CLI and app enter features through their index.ts; app also takes their `*-routes.ts`, which nobody else may.',
      { path: `${src}(protocols|cli|app|main\\.ts)`, pathNot: testFile },
      { path: `${src}features/[^/]+/.+`, pathNot: [`${src}features/[^/]+/index\\.ts$`, `${src}features/[^/]+/[^/]+-routes\\.ts$`] },
    ),
  ];
}

function workspaceRules(): ImportRule[] {
  return [
    rule(
      'contracts-stand-alone',
      'contracts declare; they import zod and each other.',
      { path: '^contracts/' },
      { path: '^(server|sdk|web|tools|tests|examples)/' },
    ),
    rule(
      'kernel-is-values',
      'The kernel imports the error table and Node only.',
      { path: `${src}kernel/`, pathNot: testFile },
      { path: '.', pathNot: [`${src}kernel/`, '^contracts/'], dependencyTypesNot: ['core'] },
    ),
    rule(
      'sdk-stands-alone',
      'The SDK has no runtime dependency: only types come from contracts.',
      { path: '^sdk/src/', pathNot: testFile },
      { path: '^(server|tools|tests|examples|node_modules)/|^[^.]', pathNot: ['^sdk/', '^contracts/'], dependencyTypesNot: ['core'] },
    ),
    rule(
      'sdk-takes-types-only',
      'Use `import type` for contracts: the SDK ships without zod.',
      { path: '^sdk/src/', pathNot: testFile },
      { path: '^contracts/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'product-without-tools',
      'What ships imports nothing of tools, tests or examples.',
      { path: '^(server|sdk|contracts)/', pathNot: testFile },
      { path: '^(tools|tests|examples)/' },
    ),
    rule(
      'outside-through-the-api',
      'Journeys and examples are clients: they import the SDK and contracts, never the server.',
      { path: '^(tests/journeys|examples)/' },
      { path: '^server/' },
    ),
    rule(
      'databases-in-one-room',
      'Only platform/database opens SQLite and Postgres.',
      { path: '^server/src/', pathNot: [`${src}platform/database/`, testFile] },
      { path: '^(node:)?sqlite$|(^|node_modules/)pg(/|$)' },
    ),
  ];
}

/** The pages: app above features above client and design. */
function pageRules(): ImportRule[] {
  return [
    rule(
      'pages-through-the-api',
      'Pages are a client of the API: they import the SDK, and of contracts types only.',
      { path: '^web/src/' },
      { path: '^(server|contracts|tools|tests|examples)/' },
    ),
    rule(
      'design-knows-no-noun',
      'Parts of the design are told what to show: they know words and numbers, not features or the API.',
      { path: '^web/src/design/' },
      { path: '^web/src/(app|client|features)/' },
    ),
    rule(
      'client-below-pages',
      'web/src/client and web/src/words are below the pages.',
      { path: '^web/src/(client|words)/' },
      { path: '^web/src/(app|features)/' },
    ),
    rule(
      'doors-of-pages',
      "A page's room enters another one through its `*-api.ts`, and whoever offers an action through access/allowed.tsx.",
      { path: '^web/src/features/([^/]+)/' },
      { path: '^web/src/features/[^/]+/.+', pathNot: ['^web/src/features/$1/', '-api\\.ts$', 'access/allowed\\.tsx$'] },
    ),
    rule('app-above-pages', 'Only main.tsx and app know all pages.', { path: '^web/src/features/' }, { path: '^web/src/app/' }),
  ];
}

/** Every import rule of the house, for dependency-cruiser's `forbidden`. */
export function importRules(): ImportRule[] {
  return [
    rule('no-cycles', 'No cycles, not even of types: move what both need down a floor, or into the caller.', {}, { circular: true }),
    ...layerRules(),
    ...floorRules(),
    ...doorRules(),
    ...workspaceRules(),
    ...pageRules(),
  ];
}
