import { createClient } from '@slipway/sdk';
import { noteNews } from './news.ts';

/** The API of the server that these pages came from; the session cookie says who asks. */
export const client = createClient({ server: location.origin, fetch: heard });

/** Streams never end by themselves, so each piece of one, heartbeats included, is a sign that the server is there. */
async function heard(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) return response;
  const listen = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      noteNews();
      controller.enqueue(piece);
    },
  });
  return new Response(response.body.pipeThrough(listen), response);
}
