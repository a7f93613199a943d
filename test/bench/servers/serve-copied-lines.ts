import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { turnPace } from './stream-pace.ts';
import { toChunk } from './to-chunk.ts';

interface Line {
  readonly event: { readonly type: string; readonly delta?: { readonly text: string } };
}

/** Says a turn for each line that it reads, as the CLI does. */
const speaker = `
const [, deltas, everyMs] = process.argv.map(Number);
const say = (event) => process.stdout.write(JSON.stringify({ type: 'stream_event', event, parent_tool_use_id: null }) + '\\n');
process.stdin.on('data', () => {
  let said = 0;
  const timer = setInterval(() => {
    say({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' word' + said } });
    if (++said < deltas) return;
    clearInterval(timer);
    say({ type: 'message_stop' });
  }, everyMs);
});
`;

/** Serves the least that a gateway could do: it reads a process's lines, and writes a chunk for each. It checks nothing, and takes one request at a time. */
export async function serveCopiedLines(): Promise<{ readonly url: string; close(): void }> {
  const { deltas, everyMs } = turnPace;
  const cli = spawn(process.execPath, ['-e', speaker, String(deltas), String(everyMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: cli.stdout });
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    const copy = (line: string): void => {
      const { event } = JSON.parse(line) as Line;
      if (event.type !== 'message_stop') return void outgoing.write(`data: ${toChunk(event.delta?.text ?? '')}\n\n`);
      lines.off('line', copy);
      outgoing.end('data: [DONE]\n\n');
    };
    lines.on('line', copy);
    cli.stdin.write('\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      cli.kill();
      server.close();
    },
  };
}
