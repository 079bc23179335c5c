export type { Range } from './blob.ts';
export { type Blobs, type BlobsOptions, openBlobs, type PutOptions, type Stored, type SweepOptions } from './blobs.ts';
export { type FileStat, type Files, type OpenFile, systemFiles } from './files.ts';
export { assertOfProject, findOfProject, putOfProject } from './project-blobs.ts';
