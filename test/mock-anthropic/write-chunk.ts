import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * Writes, then waits while the client is slower than the mock.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function writeChunk(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}
