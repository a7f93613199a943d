import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { createKey, hashKey } from '@claude-code-api/node';
import { newestCli } from '../support/cli/cli-versions.ts';
import { freePort } from '../support/servers/free-port.ts';
import { createCommandPlace, type Command } from '../support/servers/start-command.ts';
import { until } from '../support/until.ts';

/** A server or a machine of a fleet: the real command, in a process of its own. */
export interface Member {
  readonly name: string;
  readonly kind: 'gateway' | 'machine';
  readonly url: string;
  readonly child: ChildProcess;
  /** All that its processes wrote to standard error. */
  readonly log: () => string;
  /** Ends it at once, with a signal, and starts it again at the same address. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface Fleet {
  readonly mock: MockAnthropic;
  readonly gateways: readonly Member[];
  readonly machines: readonly Member[];
  readonly token: string;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly gateways: number;
  readonly machines: number;
  /** Flags of the gateways that say where they keep what they keep. */
  readonly storage: readonly string[];
}

const cli = ['--claude.command', newestCli.path];
const startTimeoutMs = 80_000;

/** Starts machines with the real CLI, and gateways before them. */
export async function startFleet({ gateways, machines, storage }: FleetOptions): Promise<Fleet> {
  const mock = await startMockAnthropic();
  const place = createCommandPlace(mock.url);
  const token = createKey();

  async function launch(kind: Member['kind'], name: string, flags: readonly string[], port: number): Promise<Member> {
    const commands: Command[] = [];
    const start = async (): Promise<void> => {
      const command = place.run(kind === 'machine' ? ['runner', ...cli, ...flags] : flags, {
        environment: { CLAUDE_CODE__LOG__LEVEL: 'warn' },
      });
      commands.push(command);
      await until(
        () => /http:\/\/127\.0\.0\.1:\d+/.test(command.output.stdout) || command.child.exitCode !== null,
        () => `the start of ${name}: ${JSON.stringify(command.output)}`,
        startTimeoutMs,
      );
      if (command.child.exitCode !== null) throw new Error(`${name} has ended: ${JSON.stringify(command.output)}`);
    };
    await start();
    const current = (): Command => {
      const command = commands.at(-1);
      if (command === undefined) throw new Error('It was never started.');
      return command;
    };
    return {
      ...{ name, kind, url: `http://127.0.0.1:${port}` },
      get child() {
        return current().child;
      },
      log: () => commands.map(({ output }) => output.stderr).join(''),
      async restart(signal) {
        const { child, ended } = current();
        child.kill(signal);
        await ended;
        await start();
      },
    };
  }

  const processes = ['--claude.max_concurrent_sessions', '4', '--claude.max_live_processes', '3', '--claude.max_idle_processes', '1'];
  const limits = [...processes, '--server.shutdown_timeout_seconds', '10'];
  async function startMembers(): Promise<{ runners: Member[]; servers: Member[] }> {
    const runners = await Promise.all(
      Array.from({ length: machines }, async (_, index) => {
        const port = await freePort();
        const own = ['--machine.listen', `127.0.0.1:${port}`, '--machine.token_hashes', JSON.stringify([hashKey(token)])];
        return launch('machine', `machine ${index}`, [...own, '--machine.gateway_timeout_seconds', '6', ...limits], port);
      }),
    );
    const urls = JSON.stringify(runners.map(({ url }) => url));
    const servers: Member[] = [];
    for (let index = 0; index < gateways; index += 1) {
      const port = await freePort();
      const remote = ['--claude.runner', 'remote', '--claude.machines', urls, '--claude.runner_token', token];
      const flags = [...remote, '--claude.machine_timeout_seconds', '1.5', '--server.port', String(port), ...storage, ...limits];
      servers.push(await launch('gateway', `gateway ${index}`, flags, port));
    }
    return { runners, servers };
  }

  const { runners, servers } = await startMembers().catch(async (error: unknown) => {
    await place.remove();
    await mock.close();
    throw error;
  });
  return {
    ...{ mock, token, gateways: servers, machines: runners },
    async close() {
      for (const { child } of [...servers, ...runners]) child.kill('SIGCONT');
      await Promise.all(
        [...servers, ...runners].map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = once(child, 'exit');
          child.kill('SIGTERM');
          child.kill('SIGTERM');
          await ended;
        }),
      );
      await place.remove();
      await mock.close();
    },
  };
}
