import { GatewayError, type MediaLimits } from '@claude-code-api/gateway';
import { request } from 'undici';
import { withDeadline } from '../basics/with-deadline.ts';
import { publicInternet, type PublicInternetOptions } from './public-internet.ts';

export type UrlFetcherOptions = PublicInternetOptions;

export interface UrlFetcher {
  /** @throws {GatewayError} 400 for what may not, or can't, be fetched. */
  fetch(url: string, limits: MediaLimits): Promise<string>;
  close(): Promise<void>;
}

const maxRedirects = 3;

/** Fetches what callers name by URL, as base64, from the public internet only: every address is checked, at every redirect, as it is connected to. */
export function createUrlFetcher(options: UrlFetcherOptions): UrlFetcher {
  const { allows, agent } = publicInternet(options);

  async function get(url: URL, redirects: number, { maxBytes, signal }: Pick<MediaLimits, 'maxBytes' | 'signal'>): Promise<string> {
    if (!allows(url)) throw notFetched('it is not on the public internet');
    const response = await request(url, { dispatcher: agent, signal });
    const { location } = response.headers;
    if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
      await response.body.dump();
      if (redirects === 0) throw notFetched('it redirects too often');
      return get(new URL(location, url), redirects - 1, { maxBytes, signal });
    }
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw notFetched(`its server answered ${response.statusCode}`);
    }
    const tooLarge = notFetched(`it has more than the ${maxBytes} bytes that there is room for in this request`);
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
      response.body.destroy();
      throw tooLarge;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size).toString('base64');
  }

  return {
    async fetch(url, { maxBytes, signal }) {
      try {
        // For all redirects together.
        return await withDeadline(signal, options.timeoutMs, (ends) => get(new URL(url), maxRedirects, { maxBytes, signal: ends }));
      } catch (error) {
        if (GatewayError.isInstance(error)) throw error;
        throw notFetched('its server can not be reached, is not on the public internet, or takes too long');
      }
    },
    close: () => agent.close(),
  };
}

function notFetched(why: string): GatewayError {
  return new GatewayError(`The URL of a picture or file could not be fetched: ${why}. Send it as a data URL instead.`, {
    status: 400,
    code: 'invalid_value',
  });
}
