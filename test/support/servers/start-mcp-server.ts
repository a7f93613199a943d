import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

const here = createRequire(import.meta.url);
const program = join(dirname(here.resolve('@modelcontextprotocol/server-everything/package.json')), 'dist', 'index.js');

export interface RunningMcpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A real MCP server on loopback, which has a tool `echo`. */
export async function startMcpServer(transport: 'streamableHttp' | 'sse' = 'streamableHttp'): Promise<RunningMcpServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [program, transport], { env: { PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  // It says something once it listens, and later too, which must be read.
  const listens = new Promise<void>((resolve) =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => text.includes(String(port)) && resolve()),
  );
  await Promise.race([listens, exited]);
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
