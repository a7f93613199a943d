import { createGateway } from '@claude-code-api/gateway';
import { createRemoteRunner } from '@claude-code-api/gateway/remote-runner';
import { createLocalBackend, createStores, type StorageBackend } from '@claude-code-api/gateway/stores';
import { storesContract } from '@claude-code-api/gateway/testing';
import { createStorage } from 'unstorage';
import { files } from './checked-files.ts';
import { takeChecks, type Check } from './vitest.ts';

export interface ProgramEnvironment {
  /** The machine with Claude Code. */
  readonly MACHINE: string;
  readonly RUNNER_TOKEN: string;
}

/** Opens an empty place so many times, as gateways that share it do. */
export type OpenPlace = (count: number) => Promise<readonly StorageBackend[]>;

export interface CheckReport {
  readonly passed: number;
  /** What each that failed says. */
  readonly failed: readonly string[];
}

const inMemory: OpenPlace = async () => [createLocalBackend({ storage: createStorage() })];

/** What waits for the time to pass says nothing of a runtime, and something of how busy the machine is. */
const isTimed = /expire|expiry|soonest|time is over|refills evenly/;

let gateway: ReturnType<typeof createGateway> | undefined;

/** Answers as the gateway, on any runtime; at `/checks` it tells what the tests of the neutral package say there. */
export async function handle(request: Request, environment: ProgramEnvironment, openPlace: OpenPlace = inMemory): Promise<Response> {
  if (new URL(request.url).pathname === '/checks') return Response.json(await runAll(openPlace));
  gateway ??= open(environment);
  return gateway.fetch(request);
}

function open({ MACHINE, RUNNER_TOKEN }: ProgramEnvironment): ReturnType<typeof createGateway> {
  const stores = createStores({ backend: createLocalBackend({ storage: createStorage() }), ttlMs: 60_000 });
  const runner = createRemoteRunner({ machines: [MACHINE], token: RUNNER_TOKEN });
  return createGateway({ runner, conversations: { store: stores.conversations }, responses: { store: stores.responses } });
}

async function runAll(openPlace: OpenPlace): Promise<CheckReport> {
  const sharing = openPlace === inMemory ? 'single' : 'shared';
  const checks: Check[] = storesContract({ open: openPlace, sharing }).filter(({ name }) => !isTimed.test(name));
  for (const [file, read] of Object.entries(files)) {
    await read();
    checks.push(...takeChecks().map(({ name, run }) => ({ name: `${file} > ${name}`, run })));
  }
  const failed: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? `${error.message}\n${error.stack}` : String(error)}`);
    }
  }
  return { passed: checks.length - failed.length, failed };
}
