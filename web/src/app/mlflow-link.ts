/** What a link of the official MLflow client names; `workspace` is a project, where the client says one. */
export type LinkedThing = Thing & { readonly workspace: string | null };

type Thing =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'experiment'; readonly experiment: string }
  | { readonly kind: 'model'; readonly model: string; readonly version: string | null };

/** Of experiments and models other pages than ours may be meant (`/traces`, `/overview`): the thing itself is what we have. */
const shapes: readonly (readonly [RegExp, (found: readonly string[]) => Thing | null])[] = [
  [/^\/experiments\/\d+\/runs\/([0-9a-f]{32})(?:\/|$)/, ([run = '']) => ({ kind: 'run', run })],
  [/^\/experiments\/(\d{1,15})(?:\/|$)/, ([experiment = '']) => ({ kind: 'experiment', experiment })],
  [/^\/models\/([^/]+)\/versions\/(\d{1,9})(?:\/|$)/, ([model = '', version = '']) => named(model, version)],
  [/^\/models\/([^/]+)(?:\/|$)/, ([model = '']) => named(model, null)],
];

/** Reads what stands after `#`, without it: `/experiments/1/runs/<32 hex>?workspace=team`. Null where it is nothing of MLflow's. */
export function readMlflowLink(hash: string): LinkedThing | null {
  const [path = '', search = ''] = hash.split('?', 2);
  const workspace = new URLSearchParams(search).get('workspace');
  for (const [shape, read] of shapes) {
    const found = shape.exec(path);
    if (!found) continue;
    const thing = read(found.slice(1));
    return thing && { ...thing, workspace };
  }
  return null;
}

function named(model: string, version: string | null): Thing | null {
  try {
    return { kind: 'model', model: decodeURIComponent(model), version };
  } catch {
    // A stray % is no name.
    return null;
  }
}

/** Our page of it, below `/p/:project`. */
export function pageOf(thing: LinkedThing): string {
  switch (thing.kind) {
    case 'run':
      return `/runs/${thing.run}`;
    case 'experiment':
      return `/experiments/${thing.experiment}`;
    case 'model':
      return `/models/${encodeURIComponent(thing.model)}${thing.version === null ? '' : `/versions/${thing.version}`}`;
  }
}
