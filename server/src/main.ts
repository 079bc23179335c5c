import { runCli } from './cli/run-cli.ts';

// Each is loaded when it is called, and only then: every other verb is a client.
process.exitCode = await runCli(process.argv.slice(2), {
  startServer: async (options) => (await import('./app/start-server.ts')).startServer(options),
  restoreFolder: async (options) => (await import('./app/offline.ts')).restoreFolder(options),
  verifyFolder: async (options) => (await import('./app/offline.ts')).verifyFolder(options),
  async migrateRows({ from, to, progress }) {
    const [{ copyDatabase, migrations }, { systemClock: clock }] = await Promise.all([
      import('./platform/database/index.ts'),
      import('./kernel/clock.ts'),
    ]);
    return copyDatabase({ from, to, migrations, clock, progress });
  },
  keepFolder: async (options) => (await import('./app/offline.ts')).keepFolder(options),
});
