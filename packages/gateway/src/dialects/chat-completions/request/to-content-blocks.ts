import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import type { RequestMedia } from '../../../engine/turn-request.ts';
import type { TextBlock } from '../../../turn/content-block.ts';
import type { ChatPart } from './request-schema.ts';

/**
 * Turns a message's content, a string or parts, into blocks.
 *
 * @param path The content's place in the request, for errors.
 * @param places The parts' own places in it. Default: as they come.
 * @throws {GatewayError} 400 for a part that can't be used.
 */
export function toContentBlocks(
  content: string | readonly ChatPart[],
  path: string,
  places: readonly number[] = [],
): (TextBlock | RequestMedia)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => toBlock(part, `${path}[${places[index] ?? index}]`));
}

function toBlock(part: ChatPart, path: string): TextBlock | RequestMedia {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url':
      return { type: 'media', location: part.image_url.url, kind: 'image', bare: false, param: `${path}.image_url.url` };
    case 'image': {
      const { source } = part;
      const location = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
      return { type: 'media', location, kind: 'image', bare: false, param: `${path}.source` };
    }
    case 'file': {
      const { file_data: data, filename, file_id: id } = part.file;
      if (!data)
        throw unsupported(
          `${path}.file`,
          id ? "files can't be stored here, so there is no 'file_id'. Send 'file_data'." : "it has no 'file_data'.",
        );
      return { type: 'media', location: data, kind: 'document', bare: true, title: filename ?? undefined, param: `${path}.file.file_data` };
    }
    case 'tool_result':
      throw unsupported(path, 'a result can not stand here. Send it in a message of its own.');
    case 'input_audio':
      throw unsupported(path, 'Claude does not hear audio. Send text, pictures, PDF or plain text files.');
  }
}

function unsupported(param: string, why: string): GatewayError {
  return badRequest(`Invalid value for '${param}': ${why}`, param, 'unsupported_value');
}
