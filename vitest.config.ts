import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';
import { bundledEntries } from './test/support/bundled-entries.ts';
import { entrySources } from './test/support/entry-sources.ts';

// What tests of all kinds have in common that run real processes, on a machine that others may use too.
const real = {
  // Each file in a process of its own: they count what theirs leaves behind, and libraries of clients leave timers that nobody can end.
  isolate: true,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // What is polled for takes a second on an idle machine.
  expect: { poll: { timeout: 30_000 } },
  // A test that fails is tried once more. `.ci/run` counts that, and bears three.
  retry: 1,
};

// Tests run the packages' source: no build stands between an edit and its test.
const source = aliasesOf(entrySources);
// But `npm test` has built and bundled them, which a process of its own loads with two seconds of CPU less.
const resolve = process.env['TEST_BUILT'] === undefined ? source : aliasesOf(bundledEntries);

// All that a gateway answers in a unit test is held to the OpenAPI document.
const checkedGateway = {
  find: /^(?:.*\/)?create-gateway\.ts$/,
  replacement: fileURLToPath(new URL('test/support/openapi/checked-gateway.ts', import.meta.url)),
};

export default defineConfig({
  test: {
    reporters: ['default'],
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//, /\/node_modules\/\.cache\/built\//] } },
    // Two for each core: real processes wait as often as they compute. All projects share them, those that take longest first.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // For `npm run coverage`: of what runs in the tests' own process; servers and commands that tests start are not counted.
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        resolve: { alias: [...source.alias, checkedGateway] },
        test: {
          name: 'unit',
          setupFiles: ['test/support/openapi/expect-described-replies.ts'],
          include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts'],
          // Properties take a while where real processes use the machine too, and what is polled for may.
          testTimeout: 120_000,
          expect: real.expect,
          // Threads that share their modules, which costs a quarter of the CPU time: so a test undoes what it changes (`vi.restoreAllMocks`, timers).
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        resolve,
        test: {
          ...real,
          name: 'end-to-end',
          // What gateways answer to `fetch` is held to the OpenAPI document.
          setupFiles: ['test/support/openapi/check-fetched-replies.ts', 'test/support/openapi/expect-described-replies.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...['test/apps/**', 'test/attacks/**', 'test/endurance/**', 'test/fleet/**', 'test/runtimes/runtimes.test.ts'],
          ],
        },
      },
      {
        extends: true,
        resolve,
        // Fuzz, a model of what is remembered, kills, a fleet of several machines, soaks, long waits: in a short form, or the long one by `npm run endurance`.
        test: { ...real, name: 'endurance', include: ['test/endurance/**/*.test.ts', 'test/fleet/**/*.test.ts'] },
      },
      {
        extends: true,
        resolve,
        // Every runtime but this one, each brought from npm: some 100 MB.
        test: { ...real, name: 'runtimes', include: ['test/runtimes/runtimes.test.ts'] },
      },
      {
        extends: true,
        resolve,
        // One file a kind of attack, each test named for what must hold; the real server, and the real CLI where it takes part.
        test: { ...real, name: 'attacks', include: ['test/attacks/**/*.test.ts'] },
      },
      {
        extends: true,
        resolve,
        test: {
          // Apps that take too much to be installed in CI: `npm run apps`.
          name: 'apps',
          include: process.env['APPS'] === undefined ? [] : ['test/apps/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

function aliasesOf(entries: Readonly<Record<string, string>>) {
  return { alias: Object.entries(entries).map(([name, replacement]) => ({ find: new RegExp(`^${name}$`), replacement })) };
}
