import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ScriptedServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `scripted-server.ts` as a process of its own. */
export async function startScriptedServer(kind: 'gateway' | 'bare'): Promise<ScriptedServer> {
  const script = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, kind], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return {
    url: line.trim(),
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
