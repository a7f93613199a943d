import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { writeChunk } from './send-reply.ts';

const CHUNK_BYTES = 65_536;
const CHUNK_COUNT = 3000;

test('waits while the client does not read, and throws when it is aborted', async () => {
  const client = new AbortController();
  const chunk = 'x'.repeat(CHUNK_BYTES);
  let written = 0;
  let outcome: unknown = 'running';
  async function writeAll(response: ServerResponse): Promise<void> {
    try {
      for (; written < CHUNK_COUNT; written += 1) await writeChunk(response, chunk, client.signal);
      outcome = 'complete';
    } catch (error) {
      outcome = error;
    }
  }
  const server = createServer((_request, response) => void writeAll(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = createConnection(address.port, '127.0.0.1').pause();
  try {
    socket.write('GET / HTTP/1.1\r\nhost: mock\r\n\r\n');
    await expect.poll(() => written).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // What the kernel's socket buffers take is a few megabytes; the whole would be 190.
    expect(written * CHUNK_BYTES).toBeLessThan(50_000_000);
    expect(outcome).toBe('running');
    client.abort();
    await expect.poll(() => outcome).toMatchObject({ name: 'AbortError' });
  } finally {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  }
});
