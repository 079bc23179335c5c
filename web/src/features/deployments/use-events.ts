import { useInfiniteQuery } from '@tanstack/react-query';
import { deploymentQueries } from './deployments-api.ts';

/** The log of one deployment, newest first, as far as it was asked for. */
export function useInfiniteEvents(project: string, deployment: string) {
  const asked = useInfiniteQuery(deploymentQueries.events(project, deployment));
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = asked;
  return { asked, events: asked.data?.pages.flatMap(({ events }) => events) ?? [], fetchNextPage, hasNextPage, isFetchingNextPage };
}
