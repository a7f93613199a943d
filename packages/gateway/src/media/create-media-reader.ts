import { badRequest, GatewayError } from '../gateway-error.ts';
import { linkAbort } from '../basics/waiting.ts';
import type { DocumentBlock, ImageBlock } from '../turn/content-block.ts';
import type { MediaAccess, MediaLimits } from './media-access.ts';
import { type MediaReference, toMediaBlock } from './to-media-block.ts';

/** @throws {GatewayError} 400 that says what is wrong with the picture or document, or with all of them together. */
export type ReadMedia = (reference: MediaReference) => Promise<ImageBlock | DocumentBlock>;

export interface MediaReaderOptions extends MediaLimits {
  /**
   * Counts what is held in memory for the request, in bytes, before it is used.
   *
   * @throws {GatewayError} 429 or 503 without room for it.
   */
  readonly hold: (bytes: number) => void;
}

/**
 * Makes what gets the pictures and documents of one request: each file and URL once, all of them within `maxBytes`, counted as they are
 * sent on, in base64. Once one can't be had no other is read on.
 */
export function createMediaReader(access: MediaAccess, { maxBytes, signal, tenant, hold }: MediaReaderOptions): ReadMedia {
  let controller: AbortController | undefined;
  // Few requests have any.
  const reading = (): AbortController => (controller ??= linkAbort(signal));
  const loaded = new Map<string, Promise<string>>();
  let left = maxBytes;

  async function held(reading64: Promise<string>): Promise<string> {
    const base64 = await reading64;
    // What comes when the request has failed already would be held for ever.
    reading().signal.throwIfAborted();
    hold(base64.length);
    return base64;
  }

  function once(read: MediaAccess['fetchUrl']): ((location: string) => Promise<string>) | undefined {
    return (
      read &&
      ((location) => {
        const limits = { tenant, maxBytes: Math.floor(left / 4) * 3, signal: reading().signal };
        const base64 = loaded.get(location) ?? held(read(location, limits));
        loaded.set(location, base64);
        return base64;
      })
    );
  }
  // Before anything is made of it: a thousand times the same file is counted a thousand times, and looked at as often as there is room.
  function count(base64: string): void {
    reading().signal.throwIfAborted();
    left -= base64.length;
    if (left >= 0) return;
    reading().abort();
    throw tooMuch(maxBytes);
  }

  const source = { readFile: once(access.readLocalFile), fetchUrl: once(access.fetchUrl), count };

  return async (reference) => {
    const { param } = reference;
    try {
      return await toMediaBlock(reference, source);
    } catch (error) {
      reading().abort();
      // Whoever reads knows not which field it is for.
      throw GatewayError.isInstance(error) && error.param === null ? error.with({ param }) : error;
    }
  };
}

function tooMuch(maxBytes: number): GatewayError {
  return badRequest(
    `The pictures and documents of a request may have ${maxBytes} bytes together, in base64. Send fewer, or smaller ones.`,
    undefined,
  );
}

/** The most pictures and documents that the Messages API takes in one request. */
const maxMedia = 100;

type Content = string | readonly { readonly type: string }[] | null | undefined;

/**
 * Counts pictures and documents, before any of them is looked at.
 *
 * @param contents What all messages hold: text, or parts.
 * @param types What pictures and documents are called there.
 * @throws {GatewayError} 400 when there are too many.
 */
export function checkMediaCount(contents: readonly Content[], types: readonly string[], param: string): void {
  let count = 0;
  for (const content of contents) if (typeof content === 'object') count += content?.filter(({ type }) => types.includes(type)).length ?? 0;
  if (count > maxMedia) {
    throw badRequest(
      `Invalid value for '${param}': there are ${count} pictures and documents in them, and Claude takes ${maxMedia} at most.`,
      param,
    );
  }
}
