/**
 * Proves that a disk that fails once costs no acknowledged write: `faults.ts [--each N] [--seed N]`.
 *
 * A real server runs on a disk whose n-th call fails with EIO, ENOSPC, EMFILE or a short write (io-fault.c). For each n until a
 * round ends without a failure: clients write one of each kind, and sweep and back up; the failure must be told by the error
 * table; reads must go on; whatever was acknowledged must be there and whole, before and after a restart. Then the n-th
 * call of a start fails: it comes up or says why not, and the next start has everything. `--each N` tries every N-th call only.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../free-port.ts';
import { type Api, apiAt, honest } from './crash-api.ts';
import { check, doctorFinds, liesFound, plantedLies } from './crash-check.ts';
import { begin, codeOf, startRun } from './crash-clients.ts';
import { type Ledger, newLedger } from './crash-ledger.ts';
import { bundledServer, type CrashServer, type ServerPlace, startServer } from './crash-server.ts';
import { backupWords } from './crash-upkeep.ts';
import { type FailingDisk, type Fault, failingDisk, faults } from './failing-disk.ts';
import { oneOfEach, upkeepOfEach } from './one-of-each.ts';
import { tellReport } from './preload.ts';

export interface FaultsReport {
  /** How often a call failed, by scenario and fault. */
  readonly fired: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly half: readonly string[];
  /** Answers that no row of the error table for storage explains, servers that died, that did not heal, that hung. */
  readonly wrong: readonly string[];
  /** Refusals by status and code. */
  readonly told: Readonly<Record<string, number>>;
  readonly restarts: number;
  readonly refusedStarts: number;
  readonly damage: readonly string[];
  readonly liesFound: number;
}

export interface FaultsOptions {
  readonly seed: number;
  /** Every how-many-th call fails in its turn; 1 is all. */
  readonly each: number;
  /** At most so many calls of each scenario and fault. */
  readonly most?: number;
  readonly scenarios?: readonly Scenario[];
  readonly tell?: (line: string) => void;
}

type Scenario = 'writes' | 'upkeep' | 'start';
const allScenarios: readonly Scenario[] = ['writes', 'upkeep', 'start'];
/** What may be said about a disk that fails, and what the state of things may refuse besides. */
const clear = new Set([
  ...['storage_failed', 'storage_full', 'storage_unreadable', 'busy'],
  // The same to clients of MLflow.
  ...['TEMPORARILY_UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
]);
const callLimit = 5_000;

/** Undefined when the shim cannot be compiled here. */
export async function proveFaults(options: FaultsOptions): Promise<FaultsReport | undefined> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-disk-fault-'));
  try {
    const data = join(root, 'data');
    mkdirSync(data, { mode: 0o700 });
    const disk = failingDisk(data, root);
    if (disk === undefined) return undefined;
    const words = backupWords({ folder: join(root, 'backups') });
    const place = { program: bundledServer(), data, port: await freePort(), cache: root, words, environment: disk.environment };
    return await new Proof(place, disk, options).run();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

class Proof {
  readonly #place: ServerPlace;
  readonly #disk: FailingDisk;
  readonly #options: FaultsOptions;
  readonly #all: Ledger;
  readonly #fired: Record<string, number> = {};
  readonly #told: Record<string, number> = {};
  readonly #lost: string[] = [];
  readonly #half: string[] = [];
  readonly #wrong: string[] = [];
  #server: CrashServer | null = null;
  #restarts = 0;
  #refused = 0;
  #rounds = 0;

  constructor(place: ServerPlace, disk: FailingDisk, options: FaultsOptions) {
    this.#place = place;
    this.#disk = disk;
    this.#options = options;
    this.#all = newLedger(options.seed);
  }

  async run(): Promise<FaultsReport> {
    this.#server = await startServer(this.#place);
    try {
      await begin({ api: this.#api(this.#all), ledger: this.#all, chance: () => 0.5, gone: new AbortController().signal });
      for (const scenario of this.#options.scenarios ?? allScenarios) for (const fault of faults) await this.#each(scenario, fault);
      await this.#restart();
      const api = this.#api(this.#all);
      await oneOfEach(api, this.#all, ++this.#rounds);
      await this.#look(this.#all, 'at the end');
      const lies = await liesFound(api, this.#all);
      const damage = await doctorFinds(api);
      return {
        fired: this.#fired,
        acknowledged: this.#all.acknowledged,
        lost: this.#lost,
        half: this.#half,
        wrong: this.#wrong,
        told: this.#told,
        restarts: this.#restarts,
        refusedStarts: this.#refused,
        damage,
        liesFound: lies,
      };
    } finally {
      await this.#server?.kill(true);
    }
  }

  async #each(scenario: Scenario, fault: Fault): Promise<void> {
    const { each, most = callLimit, tell = () => undefined } = this.#options;
    const name = `${scenario}, ${fault}`;
    let tried = 0;
    for (let call = 1; tried < most; call += each, tried++) {
      const where = scenario === 'start' ? await this.#failStart(fault, call) : await this.#failWork(scenario, fault, call);
      if (where === null) break;
      this.#fired[name] = (this.#fired[name] ?? 0) + 1;
      tell(`${name}, call ${call}: ${where}; ${this.#lost.length} lost, ${this.#half.length} half, ${this.#wrong.length} wrong`);
    }
  }

  /** Answers which call failed; null when there were not so many. */
  async #failWork(scenario: Scenario, fault: Fault, call: number): Promise<string | null> {
    const ledger = this.#newLedger();
    const api = this.#api(ledger);
    this.#disk.arm(fault, call);
    const n = ++this.#rounds;
    if (scenario === 'writes') await oneOfEach(api, ledger, n);
    else await upkeepOfEach(api, ledger, n);
    const where = this.#disk.disarm();
    const what = `${fault} in ${where}`;
    if (!this.#server?.isRunning()) {
      this.#wrong.push(`${what}: the server died`);
      await this.#restart();
    } else {
      await this.#look(ledger, what);
      if ((await startRun(api)) === null) {
        if (fault !== 'EIO') this.#wrong.push(`${what}: no write is taken any more, though the disk is well`);
        await this.#restart();
        await this.#look(ledger, `${what}, after a restart`);
      }
    }
    this.#keep(ledger);
    return where;
  }

  async #failStart(fault: Fault, call: number): Promise<string | null> {
    await this.#server?.kill(true);
    this.#disk.arm(fault, call);
    try {
      this.#server = await startServer(this.#place);
    } catch (error) {
      this.#server = null;
      this.#refused++;
      const text = error instanceof Error ? error.message : String(error);
      if (!/\w/.test(text.replace(/^the server did not come up: /, '')) || / at .*\.js:\d+/.test(text))
        this.#wrong.push(`${fault} in a start is not told: ${text.slice(0, 500)}`);
    }
    const where = this.#disk.disarm();
    await this.#server?.kill(true);
    this.#server = await startServer(this.#place);
    await this.#look(this.#newLedger(), `a start after ${fault} in ${where}`);
    return where;
  }

  async #restart(): Promise<void> {
    this.#restarts++;
    // In turn as an operator would, and as a crash would.
    if (this.#server?.isRunning()) await (this.#restarts % 2 === 0 ? this.#server.stop() : this.#server.kill(true));
    this.#server = await startServer(this.#place);
  }

  async #look(ledger: Ledger, when: string): Promise<void> {
    try {
      const { lost, half } = await check(this.#api(ledger), ledger, () => true);
      this.#lost.push(...lost.map((one) => `${when}: ${one}`));
      this.#half.push(...half.map((one) => `${when}: ${one}`));
    } catch (error) {
      this.#wrong.push(`${when}: reads do not go on: ${String(error)}`);
    }
  }

  /** Of one round; where the pointers are is known by all of them. */
  #newLedger(): Ledger {
    const { alias, champion, seed } = this.#all;
    return { ...newLedger(seed), alias, champion };
  }

  #keep(round: Ledger): void {
    for (const [id, run] of round.runs) this.#all.runs.set(id, run);
    for (const [name, acknowledged] of round.artifacts) this.#all.artifacts.set(name, acknowledged);
    for (const [number, digest] of round.versions) this.#all.versions.set(number, digest);
    for (const [id, value] of round.outcomes) this.#all.outcomes.set(id, value);
    for (const [id, run] of round.trackedRuns) this.#all.trackedRuns.set(id, run);
    for (const [id, model] of round.trackedModels) this.#all.trackedModels.set(id, model);
    for (const [name, acknowledged] of round.trackedFiles) this.#all.trackedFiles.set(name, acknowledged);
    this.#all.acknowledged += round.acknowledged;
    this.#wrong.push(...round.unexpected);
  }

  #api(ledger: Ledger): Api {
    const api = apiAt(this.#place.port, ledger, new AbortController().signal, [...honest, 500, 507]);
    return {
      ...api,
      send: async <Body>(method: string, path: string, body?: unknown) => {
        const answer = await api.send<Body>(method, path, body);
        if (answer === null || answer.status < 300) return answer;
        const code = codeOf(answer) ?? 'none';
        const told = `${answer.status} ${code}`;
        this.#told[told] = (this.#told[told] ?? 0) + 1;
        if (!clear.has(code)) this.#wrong.push(`${method} ${path}: ${told} ${JSON.stringify(answer.body)}`);
        return answer;
      },
    };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      each: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(process.pid) },
      most: { type: 'string' },
      scenario: { type: 'string', multiple: true },
    },
  });
  const report = await proveFaults({
    each: Number(values.each),
    seed: Number(values.seed),
    ...(values.most === undefined ? {} : { most: Number(values.most) }),
    ...(values.scenario === undefined ? {} : { scenarios: allScenarios.filter((one) => values.scenario?.includes(one)) }),
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  if (!tellReport(report)) return;
  const { lost, half, wrong, damage } = report;
  if (lost.length + half.length + wrong.length + damage.length > 0 || report.liesFound < plantedLies) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
