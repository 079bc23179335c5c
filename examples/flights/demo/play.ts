import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Actors, openAccounts, signInAddress } from './accounts.ts';
import { shuffledCopy } from './control.ts';
import { applyProject, trainFirst } from './launch.ts';
import { createLocalTime } from './local-time.ts';
import { monthsOf } from './months.ts';
import { inProject, names, receiverPort, zone } from './names.ts';
import { type Narrator, startNarrator } from './narrator.ts';
import { type Options, readOptions, usage } from './options.ts';
import { type Again, againAfterKills, type Servers, serversAt } from './patience.ts';
import { rerunOne, retireOne } from './proofs.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { describeReport, eventLoopDelay, type Report, retrainingsOf, servedCounts } from './report.ts';
import { type Found, markFinished, openDataFolder } from './run-state.ts';
import { createSender, type Sender } from './sender.ts';
import { type Server, startServer } from './server.ts';
import { stagesOf } from './stages.ts';
import { decidingReasons } from './story.ts';
import { daysOf, readTape } from './tape.ts';
import { createTerminal, type Terminal, widest_columns as width, wrap } from './terminal.ts';
import { type Played, playYear } from './year.ts';

const example = resolve(import.meta.dirname, '..');

const beginnings: Readonly<Record<Found, string>> = {
  nothing: '',
  begun: ', going on with the year that was begun in this data folder',
  over: ', beginning anew: what the last year left in this data folder is deleted',
};

/** Everything that must be closed again, however the year ends. */
interface Open {
  server?: Server;
  narrator?: Narrator;
  receiver?: Receiver | null;
  sender?: Sender;
  project?: string;
}

interface Stage {
  readonly options: Options;
  readonly terminal: Terminal;
  readonly open: Open;
  readonly started_ms: number;
}

/** A stage whose server is up. */
interface Year extends Stage {
  readonly server: Server;
  readonly servers: Servers;
  readonly again: Again;
  readonly actors: Actors;
  readonly narrator: Narrator;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), example, process.env['INIT_CWD'] ?? process.cwd());
  if (options.help) return console.log(usage);
  const terminal = createTerminal({
    write: (text) => void process.stdout.write(text),
    isTty: process.stdout.isTTY === true,
    columns: process.stdout.columns || 100,
    json: options.json,
  });
  const open: Open = {};
  const interrupted = new Promise<number>((ended) => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)
      process.once(signal, () => ended(code));
  });
  const stage = { options, terminal, open, started_ms: performance.now() };
  const code = await Promise.race([perform(stage, interrupted), interrupted]).catch((error: unknown) => {
    terminal.progress(null);
    console.error(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  });
  await close(stage);
  process.exit(code);
}

async function close({ terminal, open }: Stage): Promise<void> {
  terminal.progress(null);
  open.narrator?.stop();
  open.sender?.close();
  open.receiver?.close();
  await open.server?.stop();
  if (open.project !== undefined) rmSync(open.project, { recursive: true, force: true });
}

/** The whole demo; resolves to its exit code. */
async function perform(stage: Stage, interrupted: Promise<number>): Promise<number> {
  const { options, terminal, open } = stage;
  const found = await openDataFolder(options.data, options.shuffle);
  const project = projectFolder(stage);
  open.receiver = await startReceiver(receiverPort, (notice) =>
    terminal.tell({ date: null, kind: 'webhook', tone: 'quiet', text: noticeText(notice) }),
  );
  const server = await startServer({ ...options, project }, () =>
    terminal.tell({
      date: null,
      kind: 'server',
      tone: 'watch',
      text: options.servers === 2 ? 'one was killed; the other goes on' : 'it was killed; `slipway up` again on the same data folder',
    }),
  );
  open.server = server;
  const servers = serversAt(server.addresses);
  const address = servers.address();
  terminal.tell({ date: null, kind: 'server', tone: 'plain', text: `${server.addresses.join(' and ')}${beginnings[found]}` });
  const died = server.ended.then((said) => Promise.reject(new Error(`the server ended by itself:\n${said}`)));
  const again = againAfterKills(server);
  const actors = await again(() => openAccounts(servers, options.data, { name: names.project, zone }));
  const time = createLocalTime(zone);
  const narrator = await startNarrator(actors.requester.client, terminal, time);
  open.narrator = narrator;
  const year: Year = { ...stage, server, servers, again, actors, narrator };
  const code = await Promise.race([play(year, project), died, narrator.broken]);
  if (options.exit) return code;
  terminal.print('', `Slipway stays up at ${address}. Ctrl-C stops it.`);
  terminal.print('See it in a browser. This link signs you in as Ada Requester, once, within 15 minutes:');
  terminal.print(await signInAddress(address, options.data, names.project));
  const shell = `SLIPWAY_SERVER=${address} SLIPWAY_TOKEN=$(cat ${join(options.data, 'cli-token')})`;
  terminal.print(`Another one, for who approves: ${shell} ./slipway sign-in-link ben@example.org`);
  await Promise.race([interrupted, died]);
  return code;
}

function projectFolder({ options, open }: Stage): string {
  if (!options.shuffle) return example;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-demo-'));
  open.project = folder;
  mkdirSync(folder, { recursive: true });
  shuffledCopy(example, folder);
  return folder;
}

async function play(year: Year, project: string): Promise<number> {
  const { options, terminal, open, servers, again, actors } = year;
  const { client, token } = actors.requester;
  const time = createLocalTime(zone);
  await again(() => applyProject({ project, server: servers.address(), token }, terminal));
  const first = await again(() => trainFirst(actors, time));
  await year.narrator.caughtUp();
  if (first === null) return refused(year);
  const { schema } = await client.datasets.version({ params: { ...inProject, dataset: names.dataset, version: 'latest' } });
  const { now_ms } = await client.access.getProject({ params: inProject });
  const days = daysOf(readTape(join(project, 'tape'), schema, time), time, now_ms, options.until);
  const sender = createSender({ servers, token, deployment: names.deployment });
  open.sender = sender;
  const played = await playYear(days, actors, { sender, terminal, again });
  return finish(year, sender, played);
}

/** The control ends here: nothing was shipped, so there is no year to play. */
function refused({ options, terminal, narrator }: Year): number {
  const verdict = narrator.tally.verdicts.at(-1);
  const why = verdict ? decidingReasons(verdict) : 'it was not judged';
  terminal.record('refused', { version: verdict?.version ?? null, reason: why });
  terminal.print('', ...wrap(`The gate refused version ${verdict?.version ?? '?'}, so nothing was shipped: ${why}`, width));
  markFinished(options.data, options.shuffle);
  return 1;
}

async function finish(year: Year, sender: Sender, played: Played): Promise<number> {
  const { options, terminal, open, started_ms, server, again, narrator } = year;
  const { client } = year.actors.requester;
  const eventLoop = await eventLoopDelay(client);
  const verified = await again(() => rerunOne(client));
  const figures = await monthsOf(client);
  const retired = await again(() => retireOne(client, terminal));
  await narrator.caughtUp();
  const served = await servedCounts(client);
  const { counts } = sender;
  const kills = server.kills();
  const { tally } = narrator;
  const report: Report = {
    ...figures,
    retrainings: retrainingsOf(tally),
    promotions: tally.promotions,
    refusals: tally.refusals,
    served,
    player: counts,
    kills,
    notices: open.receiver?.heard() ?? 0,
    eventLoop,
    year_ms: played.wall_ms,
    all_ms: performance.now() - started_ms,
    stages: stagesOf(tally, {
      ...served,
      // A server that nobody killed owes an answer to the first sending.
      failed: served.failed + counts.failed + (kills === 0 ? counts.again : 0),
      unmatched: played.unmatched,
      verified,
      retired,
    }),
  };
  terminal.print(...describeReport(report));
  terminal.record('report', report);
  markFinished(options.data, options.shuffle);
  return report.stages.every(({ happened }) => happened) ? 0 : 1;
}

function noticeText(notice: Readonly<Record<string, unknown>>): string {
  const text = notice['text'] ?? notice['note'] ?? notice['message'];
  return `heard: ${typeof text === 'string' ? text : JSON.stringify(notice)}`;
}

await main();
