import type { RequestContext } from '../../engine/request-context.ts';
import { createMediaReader, type ReadMedia } from '../../media/create-media-reader.ts';
import type { ConversationRoutesOptions } from './conversation-routes-options.ts';

/** What reads the pictures and documents of a request's items. */
export function readerFor(
  { signal }: Request,
  { caller, hold }: RequestContext,
  { media, maxBodyBytes }: Pick<ConversationRoutesOptions, 'media' | 'maxBodyBytes'>,
): ReadMedia {
  return createMediaReader(media, { tenant: caller.tenant, maxBytes: maxBodyBytes, signal, hold });
}
