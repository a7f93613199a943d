import { createKey, createMachine, hashKey, loadSettings, type MachineOptions, type RunningMachine } from '@claude-code-api/node';
import { newestCli } from '../cli/cli-versions.ts';
import { mockEnvironment } from '../cli/mock-environment.ts';
import { silentLogger } from '../silent-logger.ts';

export interface TestMachine extends RunningMachine {
  /** What gateways are to show. */
  readonly token: string;
}

export interface TestMachineOptions extends Pick<MachineOptions, 'runner' | 'logger'> {
  /** What the CLI speaks to. */
  readonly mockUrl: string;
  /** Default: one of its own. */
  readonly token?: string;
  /** Settings as on the command line. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A machine that runs turns for gateways on the real CLI, in this process; no CLI waits. */
export async function startTestMachine({
  mockUrl,
  token = createKey(),
  settings = {},
  logger = silentLogger,
  runner,
}: TestMachineOptions): Promise<TestMachine> {
  const flags = { 'machine.listen': '127.0.0.1:0', 'machine.token_hashes': JSON.stringify([hashKey(token)]), ...settings };
  const machine = await createMachine(loadSettings({ environment: {}, flags }), {
    environment: mockEnvironment(mockUrl),
    logger,
    ...(runner === undefined ? { cliRunner: { cli: newestCli, processes: { minIdle: 0, maxIdle: 0 } } } : { runner }),
  });
  return { ...machine, token };
}
