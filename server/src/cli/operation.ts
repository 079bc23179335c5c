import { setTimeout as wait } from 'node:timers/promises';
import { exits } from './exits.ts';
import { numberText, plain } from './format.ts';
import { CliProblem } from './problem.ts';
import type { KeepFolder, Operation, OperationResult, Streams, Work } from './work.ts';

const look_ms = 300;

/** Waits for an operation of the server and shows how far it is. Throws what went wrong with it. */
export async function ended(id: string, { client, signal, streams }: Work): Promise<Operation> {
  const show = progressLine(streams);
  for (;;) {
    const operation = await client.operations.get({ params: { operation: id }, signal });
    const { doing, done, of } = operation.progress;
    if (operation.state === 'running' && doing !== '') show(doing, done, of);
    if (operation.state === 'done' || operation.state === 'failed') show('', 0, null);
    if (operation.state === 'done') return operation;
    if (operation.state === 'failed')
      throw new CliProblem(exits.failed, `The ${operation.kind} failed: ${operation.error ?? 'no reason was given'}`, '');
    await wait(look_ms, undefined, { signal });
  }
}

/** Does an operation in this process, on a data folder that no server holds. */
export async function onFolder(job: KeepFolder, { keepFolder, signal, streams }: Work): Promise<OperationResult> {
  const progress = progressLine(streams);
  try {
    return await keepFolder({ ...job, progress, signal });
  } finally {
    progress('', 0, null);
  }
}

/** How far something is, on one line of a terminal; on anything else it writes nothing. An empty text clears the line. */
export function progressLine(streams: Streams): (doing: string, done: number, of: number | null) => void {
  let width = 0;
  return (doing, done, of) => {
    const text = doing === '' ? '' : `${plain(doing)} ${numberText(done)}${of === null ? '' : ` of ${numberText(of)}`}`;
    if (!streams.live || (width === 0 && text === '')) return;
    streams.error(`\r${text.padEnd(width)}${text === '' ? '\r' : ''}`);
    width = text.length;
  };
}
