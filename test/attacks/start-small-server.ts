import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleDirectory } from '../support/bundled-entries.ts';

export interface SmallServer {
  readonly url: string;
  /** The most memory that it ever had, resident; undefined where the system does not tell. */
  peakBytes(): Promise<number | undefined>;
  /**
   * Asks for its health all the time, until it is told to stop; the longest that an answer took, in ms: of the server's own time, where
   * the system tells it, since others use the machine too.
   */
  watchHealth(): () => Promise<number>;
  close(): Promise<void>;
}

/** Starts `scripted-server.ts` with a heap of 512 MB; what was bundled of it under `npm test`, as the command is. */
export async function startSmallServer(settings: Readonly<Record<string, string>> = {}): Promise<SmallServer> {
  const source = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
  const script = process.env['TEST_BUILT'] === undefined ? ['--import', 'tsx', source] : [join(bundleDirectory, 'scripted-server.js')];
  const child = spawn(process.execPath, ['--max-old-space-size=512', ...script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const url = line.trim();
  /** In ms, to 10; endless where the system does not tell. */
  async function cpuTimeMs(): Promise<number> {
    const status = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields.length < 13 ? Number.POSITIVE_INFINITY : 10 * (Number(fields[11]) + Number(fields[12]));
  }

  return {
    url,
    async peakBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(status) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    },
    watchHealth() {
      const stopping = new AbortController();
      const watched = (async () => {
        let longest = 0;
        while (!stopping.signal.aborted) {
          const [start, startCpu] = [performance.now(), await cpuTimeMs()];
          await (await fetch(`${url}/health`, { signal: AbortSignal.timeout(30_000) })).text();
          const own = (await cpuTimeMs()) - startCpu;
          longest = Math.max(longest, Number.isNaN(own) ? performance.now() - start : Math.min(own, performance.now() - start));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return longest;
      })();
      return () => {
        stopping.abort();
        return watched;
      };
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
