import { badRequest } from '../../bad-request.ts';
import type { GatewayError } from '../../gateway-error.ts';
import type { ReadMedia } from '../../media/create-media-reader.ts';
import type { DocumentBlock, ImageBlock, TextBlock } from '../../turn/content-block.ts';
import type { GivenPart } from './item-schema.ts';

/**
 * Turns what a user's message or a call's output holds, a string or parts, into blocks.
 *
 * @param path The content's place in the request, for errors.
 * @throws {GatewayError} 400 for a part that can't be used.
 */
export async function toInputBlocks(
  content: string | readonly GivenPart[],
  path: string,
  media: ReadMedia,
): Promise<(TextBlock | ImageBlock | DocumentBlock)[]> {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Promise.all(content.map((part, index) => toBlock(part, `${path}[${index}]`, media)));
}

async function toBlock(part: GivenPart, path: string, media: ReadMedia): Promise<TextBlock | ImageBlock | DocumentBlock> {
  if (part.type === 'input_image') {
    if (!part.image_url) throw unusable(path, 'image_url', part.file_id);
    return media({ location: part.image_url, kind: 'image', bare: false, param: `${path}.image_url` });
  }
  if (part.type === 'input_file') {
    const title = part.filename ?? undefined;
    if (part.file_data) return media({ location: part.file_data, kind: 'document', bare: true, title, param: `${path}.file_data` });
    if (!part.file_url) throw unusable(path, 'file_data', part.file_id);
    return media({ location: part.file_url, kind: 'document', bare: false, title, param: `${path}.file_url` });
  }
  return { type: 'text', text: part.text };
}

function unusable(path: string, field: string, fileId: string | null | undefined): GatewayError {
  const why = fileId ? `files can't be stored here, so there is no 'file_id'. Send '${field}'.` : `it has no '${field}'.`;
  return badRequest(`Invalid value for '${path}': ${why}`, path, 'unsupported_value');
}
