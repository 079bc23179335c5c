export { type EventStreamLimits, type PushStream, pushStream, type ServerSentEvent } from './events-stream.ts';
export { createHttp, type Http, type HttpOptions, type Page, type PageRequest } from './http.ts';
export { parseJson } from './json.ts';
export { createMetrics, type EventLoopDelay, type Metrics } from './metrics.ts';
export { openApiOf } from './openapi.ts';
export { describe, invalidInput, type Problem } from './problems.ts';
export {
  type ErrorAnswer,
  type Handler,
  type Incoming,
  implement,
  type ReplyControls,
  type RequestFacts,
  type Route,
  type RouteOptions,
} from './route.ts';
export type { Credentials, HttpLimits } from './serve.ts';
export { type SystemDeps, systemRoutes } from './system-routes.ts';
