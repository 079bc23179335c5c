import { api } from '@slipway/contracts';
import type { Metrics } from './metrics.ts';
import { openApiOf } from './openapi.ts';
import { implement, type Route } from './route.ts';

export interface SystemDeps {
  /** Of the product. */
  readonly version: string;
  /** Which MLflow it speaks like: clients of that protocol ask at the same address, and do less for an old one. */
  readonly speaks: string;
  readonly metrics: Metrics;
  /** Each check by name: `ok`, or why it is not. */
  readonly ready: () => Promise<Readonly<Record<string, string>>>;
  /** What an operator should look at although the server can work. Anybody may read it. */
  readonly notes: () => Readonly<Record<string, string>>;
}

export function systemRoutes({ version, speaks, metrics, ready, notes }: SystemDeps): Route[] {
  let description: Record<string, unknown> | null = null;
  return [
    implement(api.system.live, () => ({ live: true as const })),
    implement(api.system.ready, async ({ reply }) => {
      const checks = await ready();
      const isReady = Object.values(checks).every((state) => state === 'ok');
      if (!isReady) reply.setStatus(503);
      return { ready: isReady, checks, notes: notes() };
    }),
    implement(api.system.health, ({ reply }) => text(reply, 'OK')),
    implement(api.system.version, ({ reply }) => text(reply, speaks)),
    implement(api.system.metrics, async ({ reply }) => {
      reply.setHeader('content-type', metrics.registry.contentType);
      return metrics.registry.metrics();
    }),
    implement(api.system.openapi, () => {
      description ??= openApiOf(api, version);
      return description;
    }),
  ];
}

function text(reply: { setHeader(name: string, value: string): void }, body: string): string {
  reply.setHeader('content-type', 'text/plain; charset=utf-8');
  return body;
}
