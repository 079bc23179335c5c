import { SlipwayConnectionError } from '@slipway/sdk';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client } from './client.ts';
import { onNews } from './news.ts';
import { isMoving, nounsTouchedBy } from './touched.ts';

/** Many events come at once (an execution writes ten): one refresh for all that came in this time. */
const gather_ms = 400;
const retry_ms = 3000;
/** The server sends a heartbeat every five seconds: longer without one, and it was away. */
const silence_ms = 6000;

/** One event stream per tab: what happens in the project makes the answers that it touches stale, and the shown ones are fetched anew. */
export function useLive(project: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lost = false;
    const refresh = () => {
      timer = undefined;
      // Hidden tabs stop asking; they are stale, so they ask when they are looked at.
      for (const noun of touched) void queries.invalidateQueries({ queryKey: [noun], refetchType: document.hidden ? 'none' : 'active' });
      touched.clear();
    };
    const follow = async () => {
      while (!stop.signal.aborted) {
        try {
          for await (const event of client.audit.stream({ params: { project }, signal: stop.signal })) {
            for (const noun of nounsTouchedBy(event.type)) touched.add(noun);
            timer ??= setTimeout(refresh, gather_ms);
          }
        } catch {
          // Signed out, or the server is away: the pages' own requests say which. A new stream does not tell what came meanwhile.
          lost = true;
        }
        await new Promise((resolve) => setTimeout(resolve, retry_ms));
      }
    };
    let heardAt_ms = Date.now();
    const stopHearing = onNews(() => {
      const silent_ms = Date.now() - heardAt_ms;
      heardAt_ms = Date.now();
      if (lost || silent_ms > silence_ms) askAgain(queries, lost);
      lost = false;
    });
    void follow();
    return () => {
      stop.abort();
      stopHearing();
      clearTimeout(timer);
    };
  }, [project, queries]);
}

/** The server is back: what could not reach it is asked again, and after a gap in the events all that they could have changed. */
function askAgain(queries: QueryClient, gap: boolean): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) => state.error instanceof SlipwayConnectionError || (gap && isMoving(queryKey)),
  });
}
