import { request } from 'undici';
import type { PublicInternet } from '../media/public-internet.ts';
import { mcpFailure } from './mcp-failure.ts';

export interface McpFetchOptions {
  readonly internet: PublicInternet;
  /** For messages. */
  readonly label: string;
  /** The most bytes that a server may send over one connection. */
  readonly maxBytes: number;
}

/** Is told what has failed, which the client library would say in words of its own. */
type OnFailure = (error: unknown) => void;

/** Statuses that have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes what the client of an MCP server asks with: the public internet only, with a bound to what comes back. It follows no redirects itself.
 *
 * @param onFailure Told why an address was refused, or a server cut off.
 */
export function mcpFetch(
  { internet, label, maxBytes }: McpFetchOptions,
  onFailure: OnFailure,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  let left = maxBytes;

  async function* bounded(body: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      left -= chunk.byteLength;
      if (left < 0) throw fail(mcpFailure(label, `it has sent more than ${maxBytes} bytes`));
      yield chunk;
    }
  }

  function fail(error: unknown): unknown {
    onFailure(error);
    return error;
  }

  return async (address, init = {}) => {
    const url = new URL(address);
    if (!internet.allows(url)) throw fail(mcpFailure(label, 'it is not on the public internet', 400));
    const { body } = init;
    const response = await request(url, {
      method: init.method === 'POST' || init.method === 'DELETE' ? init.method : 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof body === 'string' && { body }),
      ...(init.signal && { signal: init.signal }),
      dispatcher: internet.agent,
      // How long a call may take is its caller's matter.
      bodyTimeout: 0,
      headersTimeout: 0,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers.set(name, String(value));
    if (bodiless.has(response.statusCode)) {
      await response.body.dump();
      return new Response(null, { status: response.statusCode, headers });
    }
    return new Response(ReadableStream.from(bounded(response.body)), { status: response.statusCode, headers });
  };
}
