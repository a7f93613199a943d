import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ScriptedServerOptions {
  /** Settings as on the command line, for whole servers. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More for its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ScriptedServer {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts `scripted-server.ts` as a process of its own. */
export async function startScriptedServer(
  kind:
    | 'gateway'
    | 'bare'
    | 'server'
    | 'live'
    | 'paced'
    | 'bare-stream'
    | 'brisk'
    | 'bare-brisk'
    | 'copier'
    | 'cli-copier'
    | 'generous'
    | 'clocked'
    | 'machine'
    | 'steady-machine'
    | 'brisk-machine'
    | 'remote',
  { settings = {}, environment = {} }: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const script = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, kind, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return {
    url: line.trim(),
    pid: child.pid!,
    async close() {
      // It ends the processes that it has started.
      child.kill('SIGTERM');
      await exited;
    },
  };
}
