import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import { countJsonValues } from '../../../json-schema/count-json-values.ts';
import type { OpenBlock, OpenMessage, RequestMedia } from '../../../engine/turn-request.ts';
import type { TextBlock } from '../../../turn/content-block.ts';
import { parseCallArguments } from '../../openai/parse-call-arguments.ts';
import type { ChatMessage, ChatPart } from './request-schema.ts';
import { type PlainMessage, toPlainChat } from './to-plain-chat.ts';

/** The most JSON values in the arguments of all calls of a request: as many as a body may have. */
const maxValues = 150_000;

/**
 * Says chat messages in neutral terms, each with its place in the request.
 *
 * @throws {GatewayError} 400 for a part that can't be used, and for arguments of too many values.
 */
export function toRequestMessages(chat: readonly ChatMessage[]): OpenMessage[] {
  const plain = toPlainChat(chat);
  checkArguments(plain);
  return plain.map(toMessage);
}

function toMessage({ message, index, parts }: PlainMessage): OpenMessage {
  const place = `messages[${index}]`;
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: toContentBlocks(message.content, `${place}.content`), place };
    case 'user':
      return { role: 'user', content: toContentBlocks(message.content, `${place}.content`, parts), place };
    case 'assistant':
      return { role: 'assistant', content: toAssistantBlocks(message), place };
    case 'tool': {
      const part = parts === undefined ? place : `${place}.content[${parts.join()}]`;
      const isError = message.is_error === true ? { is_error: true } : {};
      const content = toContentBlocks(message.content, `${part}.content`);
      const id = { tool_use_id: message.tool_call_id, place: `${part}.${parts === undefined ? 'tool_call_id' : 'tool_use_id'}` };
      return { role: 'user', content: [{ type: 'tool_result', ...id, content, ...isError }], place };
    }
    case 'function': {
      const content = toContentBlocks(message.content ?? '', `${place}.content`);
      return { role: 'user', content: [{ type: 'tool_result', tool_use_id: '', name: message.name, content, place }], place };
    }
  }
}

function toAssistantBlocks(message: Extract<ChatMessage, { role: 'assistant' }>): OpenBlock[] {
  const blocks: OpenBlock[] = toSaid(message);
  for (const call of message.tool_calls ?? []) {
    blocks.push({ type: 'tool_use', id: call.id, name: call.function.name, ...parseCallArguments(call.function.arguments) });
  }
  return blocks;
}

function toSaid({ content, refusal }: Extract<ChatMessage, { role: 'assistant' }>): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = (content ?? []).flatMap((part): TextBlock[] => {
    if (part.type === 'text' || part.type === 'output_text') return [{ type: 'text', text: part.text }];
    return part.type === 'refusal' ? [{ type: 'text', text: part.refusal }] : [];
  });
  return blocks.length === 0 && typeof refusal === 'string' ? [{ type: 'text', text: refusal }] : blocks;
}

/**
 * Counts what the arguments of all calls stand for, before anything is made of them: they are JSON within JSON, which the body's own count passes over.
 *
 * @throws {GatewayError} 400 for more values than any request has.
 */
function checkArguments(chat: readonly PlainMessage[]): void {
  let values = 0;
  for (const { message, index } of chat) {
    for (const call of (message.role === 'assistant' && message.tool_calls) || []) {
      const count = countJsonValues(call.function.arguments, maxValues);
      // What is too much by itself is never parsed.
      values += Number.isFinite(count) ? count : 0;
      if (values > maxValues) throw tooMuch(`messages[${index}].tool_calls`);
    }
  }
}

function tooMuch(param: string): GatewayError {
  return badRequest(`Invalid value for '${param}': the arguments of all calls have more than ${maxValues} values.`, param);
}

/**
 * Turns a message's content, a string or parts, into blocks.
 *
 * @param path The content's place in the request, for errors.
 * @param places The parts' own places in it. Default: as they come.
 * @throws {GatewayError} 400 for a part that can't be used.
 */
function toContentBlocks(
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
