export { type EntryName, entryPath } from './entries.ts';
export {
  type Compute,
  createCompute,
  type Exit,
  inheritedEnv,
  type Launch,
  type Limits,
  type Running,
  type StopReason,
} from './launch.ts';
export type { LogChunk } from './log-lines.ts';
export type { GroupSample } from './process-group.ts';
export { type Handler, serveChild } from './serve-child.ts';
export { createWorkerChild, type RequestOptions, type WorkerChild, type WorkerOptions } from './worker-child.ts';
