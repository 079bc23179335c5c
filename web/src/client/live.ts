import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client } from './client.ts';
import { nounsTouchedBy } from './touched.ts';

/** Many events come at once (an execution writes ten): one refresh for all that came in this time. */
const gather_ms = 400;
const retry_ms = 3000;

/** One event stream per tab: what happens in the project makes the answers that it touches stale, and the shown ones are fetched anew. */
export function useLive(project: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
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
          // Signed out, or the server is away: the pages' own requests say which.
        }
        await new Promise((resolve) => setTimeout(resolve, retry_ms));
      }
    };
    void follow();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [project, queries]);
}
