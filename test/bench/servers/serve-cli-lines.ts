import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isCall, isEnd, isText, startCliByHand, type BenchTool, type CliByHand } from './cli-by-hand.ts';
import { toChunk } from './to-chunk.ts';

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: readonly { readonly function: BenchTool }[];
}

/**
 * Serves the least that a server in front of the CLI could do: it has one process for one conversation, gives it what is said last, or the result of
 * its call, and writes a chunk for each piece of text. It checks nothing, keeps nothing, and takes one request at a time.
 *
 * @param apiUrl Where what stands in for the API is.
 */
export async function serveCliLines(apiUrl: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const cli = startCliByHand(apiUrl);
  let hasBegun = false;

  async function answer(body: string, outgoing: ServerResponse): Promise<void> {
    const { messages, tools = [] } = JSON.parse(body) as Asked;
    if (!hasBegun) {
      hasBegun = true;
      const system = messages.find(({ role }) => role === 'system')?.content ?? '';
      await cli.begin(
        system,
        tools.map((tool) => tool.function),
      );
    }
    copy(cli, outgoing);
    const last = messages.at(-1);
    if (last?.role === 'tool') cli.bring(last.content);
    else cli.say(last?.content ?? '');
  }

  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => void answer(body, outgoing));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      await cli.close();
    },
  };
}

/** Until the turn ends, or waits for a result. */
function copy(cli: CliByHand, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  const leave = cli.watch((line) => {
    if (isText(line)) outgoing.write(`data: ${toChunk(line.event?.delta?.text ?? '')}\n\n`);
    if (!isEnd(line) && !isCall(line)) return;
    leave();
    outgoing.end('data: [DONE]\n\n');
  });
}
