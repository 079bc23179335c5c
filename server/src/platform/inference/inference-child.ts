/**
 * The model host: loads models and scores batches, one after the other, for the server on the other end of the socket.
 * Arguments: socket path, runtime. It ends when the socket closes, so that it never outlives the server.
 */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { sha256 } from '../../kernel/digest.ts';
import { type Frame, FrameReader, frameKind, jsonFrame } from './frames.ts';
import { answerFrame, type FailedMessage, type LoadedMessage, type LoadMessage, readInfer, readJson } from './messages.ts';
import { loadRuntime } from './onnx-runtime.ts';
import { type ModelSession, openSession } from './session.ts';
import type { Runtime } from './types.ts';

const reasonLimit_chars = 500;
/** Sessions by handle: the id of the frame that loaded them. */
const sessions = new Map<number, ModelSession>();
const [, , socketPath = '', runtimeName = 'wasm'] = process.argv;
const runtime: Runtime = runtimeName === 'native' ? 'native' : 'wasm';

const socket = connect(socketPath);
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(1));

const waiting: Frame[] = [];
let working = false;
const reader = new FrameReader();
socket.on('data', (chunk) => {
  for (const frame of reader.push(chunk)) waiting.push(frame);
  if (!working) void work();
});

await loadRuntime(runtime);
socket.write(jsonFrame(frameKind.hello, 0, { runtime }));

/** Frames are worked on strictly in order: the server takes the oldest unanswered one for the one that ended the host. */
async function work(): Promise<void> {
  working = true;
  for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
    const answer = await answerTo(frame);
    if (answer) socket.write(answer);
  }
  working = false;
}

async function answerTo(frame: Frame): Promise<Buffer | undefined> {
  try {
    if (frame.kind === frameKind.infer) {
      const { columns, rows, handle } = readInfer(frame.body, (wanted) => sessionOf(wanted).input);
      return answerFrame(frame.id, rows, await sessionOf(handle).run(columns, rows));
    }
    if (frame.kind === frameKind.load) return jsonFrame(frameKind.loaded, frame.id, await load(frame));
    const session = sessions.get(frame.body.readUInt32LE(0));
    sessions.delete(frame.body.readUInt32LE(0));
    await session?.release();
    return undefined;
  } catch (error) {
    endIfRuntimeIsDead(error);
    const code =
      error instanceof ChangedArtifact ? 'artifact_changed' : frame.kind === frameKind.load ? 'model_load_failed' : 'model_run_failed';
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, reasonLimit_chars);
    return jsonFrame(frameKind.failed, frame.id, { code, reason } satisfies FailedMessage);
  }
}

class ChangedArtifact extends Error {}

async function load(frame: Frame): Promise<LoadedMessage> {
  const started = performance.now();
  const { digest, path, input } = readJson<LoadMessage>(frame);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    // Its own text names the path.
    throw new Error(`its file could not be read (${error.code ?? 'unknown'})`);
  });
  const found = sha256(bytes);
  if (found !== digest) throw new ChangedArtifact(found);
  const session = await openSession(bytes, runtime, input);
  sessions.set(frame.id, session);
  return { classes: session.classes, load_ms: performance.now() - started };
}

function sessionOf(handle: number): ModelSession {
  const session = sessions.get(handle);
  if (!session) throw new Error('the model is not loaded');
  return session;
}

/** After a trap the WASM instance is in no defined state; the server starts a fresh host. */
function endIfRuntimeIsDead(error: unknown): void {
  if (error instanceof Error && (error.name === 'RuntimeError' || /^Aborted\(|out of memory/i.test(error.message))) {
    process.stderr.write(`the runtime is dead: ${String(error)}\n`);
    process.exit(70);
  }
}
