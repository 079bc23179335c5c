import { useInfiniteQuery } from '@tanstack/react-query';
import { eventPagesQuery } from '../audit/audit-api.ts';

/** The log of one deployment, newest first, as far as it was asked for. */
export function useInfiniteEvents(project: string, deployment: string) {
  const asked = useInfiniteQuery(eventPagesQuery(project, { subject: `deployment ${deployment}` }, 200));
  return { asked, events: asked.data?.pages.flatMap(({ events }) => events) ?? [] };
}
