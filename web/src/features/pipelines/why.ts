import { words } from '../../words/index.ts';
import type { Execution, Step } from './pipelines-api.ts';

/** Why a step was run or reused; `since` is the execution whose result was taken. */
export interface Why {
  readonly title: string;
  readonly text: string;
  readonly since?: string;
}

const { why } = words.pipelines;

/** The reason of the server's cache in a sentence, with the versions of the inputs that it speaks of. */
export function whyOf(step: Step, inputs: Execution['inputs'], before: Execution['inputs'] | undefined): Why {
  if (!step.cache) return { title: why.waits(step.name), text: '' };
  const { hit, reason } = step.cache;
  const since = /\bexe_\w+$/.exec(reason)?.[0];
  if (hit) return { title: why.reused(step.name), text: why.nothingChanged, ...(since ? { since } : {}) };
  return { title: why.ran(step.name), text: textOf(reason, inputs, before) };
}

const known: Readonly<Record<string, string>> = {
  'it has not run before': why.first,
  'its earlier result is gone': why.gone,
  'this execution proves an earlier one, without the cache': why.proof,
  'it was started without the cache': why.uncached,
};

function textOf(reason: string, inputs: Execution['inputs'], before: Execution['inputs'] | undefined): string {
  const changed = /^changed since: (.*)$/s.exec(reason)?.[1];
  if (changed === undefined) return known[reason] ?? reason;
  const parts = changed.split(', ').map((part) => partOf(part, inputs, before));
  const told = parts.map(({ text }) => text).join(why.and);
  return parts.every(({ moved }) => moved) ? why.moved(told) : why.changed(told);
}

function partOf(
  part: string,
  inputs: Execution['inputs'],
  before: Execution['inputs'] | undefined,
): { readonly text: string; readonly moved: boolean } {
  const [, kind, name = ''] = /^(table|file|model of) (.*)$/s.exec(part) ?? [];
  if (kind === 'table') {
    const [from, to] = [before?.[name], inputs?.[name]];
    const moved = from !== undefined && to !== undefined && from !== to;
    return { text: moved ? why.parts.input(name, from, to) : why.parts.table(name), moved };
  }
  if (kind === 'file') return { text: why.parts.file(name), moved: false };
  if (kind === 'model of') return { text: why.parts.model(name), moved: false };
  return { text: part === 'step' ? why.parts.step : part === 'params' ? why.parts.params : part, moved: false };
}
