import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from '../checkout.ts';

const startLimit_ms = 120_000;
const stopLimit_ms = 15_000;

/** `./slipway up` on a data folder, with sign-in, as its users start it. */
export async function openServer(data: string): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const child = spawn(join(checkoutRoot, 'slipway'), ['up', '--json', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`slipway up did not serve within ${startLimit_ms} ms: ${said}`)), startLimit_ms);
    const hear = (text: Buffer) => {
      said += text.toString('utf8');
      const found = /"address":"([^"]+)"/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', hear);
    child.on('close', () => reject(new Error(`slipway up ended before it served: ${said}`)));
  });
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), stopLimit_ms);
      await exited;
      clearTimeout(kill);
    },
  };
}
