import { badRequest, type GatewayError } from '../../gateway-error.ts';
import type { RequestMedia } from '../../engine/turn-request.ts';
import type { TextBlock } from '../../turn/content-block.ts';
import type { GivenPart } from './item-schema.ts';

/**
 * Turns what a user's message or a call's output holds, a string or parts, into blocks.
 *
 * @param path The content's place in the request, for errors.
 * @throws {GatewayError} 400 for a part that can't be used.
 */
export function toInputBlocks(content: string | readonly GivenPart[], path: string): (TextBlock | RequestMedia)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => toBlock(part, `${path}[${index}]`));
}

function toBlock(part: GivenPart, path: string): TextBlock | RequestMedia {
  if (part.type === 'input_image') {
    if (!part.image_url) throw unusable(path, 'image_url', part.file_id);
    return { type: 'media', location: part.image_url, kind: 'image', bare: false, param: `${path}.image_url` };
  }
  if (part.type === 'input_file') {
    const title = part.filename ?? undefined;
    if (part.file_data) return { type: 'media', location: part.file_data, kind: 'document', bare: true, title, param: `${path}.file_data` };
    if (!part.file_url) throw unusable(path, 'file_data', part.file_id);
    return { type: 'media', location: part.file_url, kind: 'document', bare: false, title, param: `${path}.file_url` };
  }
  return { type: 'text', text: part.text };
}

function unusable(path: string, field: string, fileId: string | null | undefined): GatewayError {
  const why = fileId ? `files can't be stored here, so there is no 'file_id'. Send '${field}'.` : `it has no '${field}'.`;
  return badRequest(`Invalid value for '${path}': ${why}`, path, 'unsupported_value');
}
