import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the packages' source: no build stands between an edit and its test.
    alias: [
      { find: /^@claude-code-api\/gateway$/, replacement: source('gateway/src/index.ts') },
      { find: /^@claude-code-api\/gateway\/background$/, replacement: source('gateway/src/background.ts') },
      { find: /^@claude-code-api\/gateway\/mcp$/, replacement: source('gateway/src/mcp.ts') },
      { find: /^@claude-code-api\/gateway\/dialect-kit$/, replacement: source('gateway/src/dialect-kit.ts') },
      { find: /^@claude-code-api\/gateway\/messages-api$/, replacement: source('gateway/src/messages-api.ts') },
      { find: /^@claude-code-api\/gateway\/remote-runner$/, replacement: source('gateway/src/remote-runner.ts') },
      { find: /^@claude-code-api\/gateway\/runner-kit$/, replacement: source('gateway/src/runner-kit.ts') },
      { find: /^@claude-code-api\/gateway\/schemas$/, replacement: source('gateway/src/schemas.ts') },
      { find: /^@claude-code-api\/gateway\/testing$/, replacement: source('gateway/src/testing/index.ts') },
      { find: /^@claude-code-api\/node$/, replacement: source('node/src/index.ts') },
    ],
  },
  test: {
    reporters: ['default'],
    // For `npm run coverage`: of what runs in the tests' own process; servers and commands that tests start are not counted.
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts'],
          // Properties take a while where others use the machine too.
          testTimeout: 20_000,
          // Threads that share their modules, which costs a quarter of the CPU time: so a test undoes what it changes (`vi.restoreAllMocks`, timers).
          pool: 'threads',
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/apps/**', 'test/attacks/**', 'test/endurance/**', 'test/fleet/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real processes on a machine that others use too: a test that fails is tried once more. `.ci/run` counts that, and bears three.
          retry: 1,
          // A Claude process takes 240 MB and most of a core while it starts; a third file uses what the other two wait.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // Fuzz, a model of what is remembered, kills, a fleet of several machines, soaks, long waits: in a short form, or the long one by `npm run endurance`.
          name: 'endurance',
          include: ['test/endurance/**/*.test.ts', 'test/fleet/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // One file a kind of attack, each test named for what must hold; the real server, and the real CLI where it takes part.
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
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
