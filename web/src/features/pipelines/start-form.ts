import { words } from '../../words/index.ts';
import type { Definition, Execution, Param, Start } from './pipelines-api.ts';

/** What the fields of the dialog hold: texts, as people type them. */
export interface StartForm {
  readonly params: Readonly<Record<string, string | boolean>>;
  /** Dataset to version; empty is the newest. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly cache: boolean;
}

export function formOf({ params, inputs }: Definition, like: Partial<Pick<Execution, 'params' | 'inputs'>> = {}): StartForm {
  const text = (value: Param) => (typeof value === 'boolean' ? value : String(value));
  return {
    params: Object.fromEntries(Object.entries(params).map(([name, usual]) => [name, text(like.params?.[name] ?? usual)])),
    inputs: Object.fromEntries(inputs.map((name) => [name, String(like.inputs?.[name] ?? '')])),
    cache: true,
  };
}

/** What is wrong with a field, in words; undefined when nothing is. A value keeps the type that the pipeline's own has. */
export function wrongIn(usual: Param, typed: string | boolean | undefined): string | undefined {
  return typeof usual === 'number' && (String(typed).trim() === '' || !Number.isFinite(Number(typed)))
    ? words.pipelines.start.notNumber
    : undefined;
}

/** Only what differs from the usual is sent; undefined while something is wrong. */
export function startOf({ params, inputs }: Definition, form: StartForm): Start | undefined {
  const changed: Record<string, Param> = {};
  for (const [name, usual] of Object.entries(params)) {
    const typed = form.params[name];
    if (typed === undefined || String(usual) === String(typed)) continue;
    if (wrongIn(usual, typed) !== undefined) return undefined;
    changed[name] = typeof usual === 'number' ? Number(typed) : typed;
  }
  const fixed = inputs.flatMap((name) => {
    const number = Number(form.inputs[name] ?? '');
    return number > 0 ? [[name, number] as const] : [];
  });
  return {
    ...(Object.keys(changed).length > 0 ? { params: changed } : {}),
    ...(fixed.length > 0 ? { inputs: Object.fromEntries(fixed) } : {}),
    ...(form.cache ? {} : { use_cache: false }),
  };
}
