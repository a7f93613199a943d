import type { Sha256 } from '../ports/sha256.ts';
import type { ContentBlock, ResultBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import type { Turn } from '../turn/turn.ts';

/** No base64 has a colon. */
const prefix = 'sha256:';

/** What is shorter is sent as it is. */
const leastCharacters = 1024;

/** A turn whose media are named, and what the names stand for. */
export interface TurnWithoutMedia {
  readonly turn: Turn;
  /** Base64, by name. */
  readonly media: ReadonlyMap<string, string>;
}

type Replace = (data: string) => string;

/** Puts names in the place of a turn's pictures and documents: their hashes, so that what a machine has seen need not travel again. */
export async function takeMediaOut(turn: Turn, sha256: Sha256): Promise<TurnWithoutMedia> {
  const names = new Map<string, string | undefined>();
  replaceIn(turn.messages, (data) => {
    if (data.length >= leastCharacters || data.startsWith(prefix)) names.set(data, undefined);
    return data;
  });
  if (names.size === 0) return { turn, media: new Map() };
  for (const data of names.keys()) names.set(data, prefix + (await sha256(data)));
  const named = { ...turn, messages: replaceIn(turn.messages, (data) => names.get(data) ?? data) };
  return { turn: named, media: new Map([...names].map(([data, name = '']) => [name, data])) };
}

/** Puts the media back. What has no name is as it was. */
export function putMediaIn(turn: Turn, find: (name: string) => string | undefined): TurnWithMedia {
  const lacking = new Set<string>();
  const messages = replaceIn(turn.messages, (data) => {
    if (!data.startsWith(prefix)) return data;
    const found = find(data);
    if (found === undefined) lacking.add(data);
    return found ?? data;
  });
  return { turn: { ...turn, messages }, lacking: [...lacking] };
}

export interface TurnWithMedia {
  readonly turn: Turn;
  /** The names for which nothing was found. */
  readonly lacking: readonly string[];
}

function replaceIn(messages: readonly Message[], replace: Replace): readonly Message[] {
  return messages.map((message) => ({
    ...message,
    content: message.content.map((block) => replaceInBlock(block, replace)),
    ...(message.steps !== undefined && { steps: replaceIn(message.steps, replace) }),
  }));
}

function replaceInBlock(block: ContentBlock, replace: Replace): ContentBlock {
  if (block.type !== 'tool_result') return block.type === 'image' || block.type === 'document' ? replaceInMedia(block, replace) : block;
  return { ...block, content: block.content.map((each) => replaceInMedia(each, replace)) };
}

function replaceInMedia<Block extends ResultBlock>(block: Block, replace: Replace): Block {
  if ((block.type !== 'image' && block.type !== 'document') || block.source.type !== 'base64') return block;
  return { ...block, source: { ...block.source, data: replace(block.source.data) } };
}
