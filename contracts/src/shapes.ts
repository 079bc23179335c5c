import { z } from 'zod';

/** Pieces that the operations of many nouns are made of. */
export const inProject = z.object({ project: z.string() });

/** The path parameters of one thing in a project. */
export function oneOf<Name extends string>(name: Name) {
  return z.object({ project: z.string(), [name]: z.string() } as { project: z.ZodString } & Record<Name, z.ZodString>);
}

/** Lists are paged by key: `cursor` is the `next` of the page before. */
export const page = { cursor: z.string().optional() };

export function limitOf(most: number, usual = Math.min(100, most)) {
  return z.coerce.number().int().min(1).max(most).default(usual);
}

/** What somebody wrote down under a name, and who keeps it. */
export function definitionOf<Definition extends z.ZodType>(definition: Definition) {
  return z.object({
    name: z.string(),
    definition,
    managed_by: z.enum(['file', 'ui']),
    revision: z.number(),
    changed_event: z.number(),
    person: z.string().nullable(),
    retired: z.boolean(),
  });
}

/** The answer to a definition: whether it said something new. */
export const definitionChange = z.object({ changed: z.boolean(), revision: z.number(), event: z.number() });
