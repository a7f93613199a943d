import { badRequest, type GatewayError } from '../../gateway-error.ts';
import { checkMediaCount, type ReadMedia } from '../../media/create-media-reader.ts';
import {
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type ResultBlock,
  type TextBlock,
  type ToolResultBlock,
  toSystem,
} from '../../turn/content-block.ts';
import { type CallFault, findCallFault } from '../../turn/find-call-fault.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import type { Turn } from '../../turn/turn.ts';
import type { OpenBlock, OpenMessage, RequestMedia, TurnRequest } from '../turn-request.ts';
import { withClaudeIds } from './with-claude-ids.ts';
import { withDistinctCalls } from './with-distinct-calls.ts';

export interface MessageSources {
  /** Calls that the conversation waits for the results of: their names by their ids. */
  readonly openCalls: ReadonlyMap<string, string>;
  /** Gets the pictures and documents that the request names. */
  readonly media: ReadMedia;
  /** Says in the dialect's words what is wrong with calls and results. */
  readonly callFault: (fault: CallFault) => GatewayError;
}

/**
 * Reads what a request says: pairs its calls with their results, gets its pictures, and tells the system prompt, which is what stands beside
 * the messages and all system messages before the first answer. When nothing but system messages is there, the last of them is what Claude is asked.
 *
 * @throws {GatewayError} 400 when there is nothing to answer, calls and their results do not match, or a picture can't be used.
 */
export async function readMessages(
  request: Pick<TurnRequest, 'system'> & { readonly messages: readonly OpenMessage[] },
  { openCalls, media, callFault }: MessageSources,
): Promise<Pick<Turn, 'system' | 'messages'>> {
  const paired = pairCalls(request.messages, openCalls, callFault);
  const blocks = paired.flatMap(({ content }) =>
    content.flatMap((block): readonly { readonly type: string }[] => (block.type === 'tool_result' ? block.content : [block])),
  );
  checkMediaCount([blocks], ['media', 'image', 'document'], 'messages');
  const system: TextBlock[] = [...request.system];
  const messages: Message[] = [];
  let isAnswered = false;
  for (const { role, content, model } of paired) {
    isAnswered ||= role === 'assistant';
    if (role === 'system' && !isAnswered) system.push({ type: 'text', text: textOf(content) });
    else {
      const said = isRead(content) ? content : await toBlocks(content, media);
      messages.push({ role: role === 'assistant' ? role : 'user', content: said, ...(model !== undefined && { model }) });
    }
  }
  const normalized = normalizeMessages(messages);
  if (normalized.length === 0) {
    const question = messages.length === 0 ? system.pop()?.text : undefined;
    if (question === undefined || question.trim() === '')
      throw invalid('messages', 'all messages are empty. Send at least one message with text.');
    normalized.push({ role: 'user', content: toSystem(question) });
  }
  return { system: system.filter(({ text }) => text.trim() !== ''), messages: withBegunAnswer(normalized, request.messages.at(-1)) };
}

function pairCalls(
  given: readonly OpenMessage[],
  openCalls: ReadonlyMap<string, string>,
  callFault: MessageSources['callFault'],
): readonly OpenMessage[] {
  // Most requests have neither calls nor results.
  if (openCalls.size === 0 && !given.some(({ content }) => content.some(isOfCall))) return given;
  // Who brings answers brings the calls in them too.
  const earlier = given.some(({ role }) => role === 'assistant') ? new Map<string, string>() : openCalls;
  const distinct = withDistinctCalls(given, earlier);
  const fault = findCallFault(distinct, { earlier: earlier.keys() });
  if (fault !== undefined) throw callFault(fault);
  return withClaudeIds(distinct);
}

function isOfCall({ type }: OpenBlock): boolean {
  return type === 'tool_use' || type === 'tool_result';
}

function isRead(content: readonly OpenBlock[]): content is readonly Exclude<ContentBlock, ToolResultBlock>[] {
  return !content.some(({ type }) => type === 'media' || type === 'tool_result');
}

function toBlocks(content: readonly OpenBlock[], media: ReadMedia): Promise<ContentBlock[]> {
  return Promise.all(
    content.map(async (block): Promise<ContentBlock> => {
      if (block.type === 'media') return readMedia(block, media);
      if (block.type !== 'tool_result') return block;
      const { place: _place, name: _name, ...result } = block;
      return { ...result, content: await Promise.all(block.content.map((each) => toResultBlock(each, media))) };
    }),
  );
}

async function toResultBlock(block: ResultBlock | RequestMedia, media: ReadMedia): Promise<ResultBlock> {
  return block.type === 'media' ? readMedia(block, media) : block;
}

async function readMedia({ extra, ...reference }: RequestMedia, media: ReadMedia): Promise<ImageBlock | DocumentBlock> {
  const block = await media(reference);
  return extra === undefined ? block : { ...block, extra };
}

function textOf(content: readonly OpenBlock[]): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

/** An answer is begun by the assistant's message at the end, and by nothing else. Claude takes none that ends in white space. */
function withBegunAnswer(messages: readonly Message[], given: OpenMessage | undefined): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages];
  if (given?.role !== 'assistant')
    throw invalid(`${given?.place ?? 'messages'}.content`, 'the last message is empty, and Claude needs one that says something.');
  const content = last.content.map((block, index) =>
    block.type === 'text' && index === last.content.length - 1 ? { ...block, text: block.text.trimEnd() } : block,
  );
  return [...messages.slice(0, -1), { ...last, content }];
}

function invalid(param: string, why: string): GatewayError {
  return badRequest(`Invalid value for '${param}': ${why}`, param);
}
