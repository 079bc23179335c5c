import { SlipwayApiError } from '@slipway/sdk';
import { QueryClient } from '@tanstack/react-query';

/** What is older is asked again when it comes into view; the live stream makes answers stale sooner. */
const fresh_ms = 30_000;

/** The SDK repeats what is worth repeating; a refusal would be the same the second time. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: fresh_ms, retry: (failures, error) => !(error instanceof SlipwayApiError) && failures < 2 },
    },
  });
}
