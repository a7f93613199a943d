import type { JsonObject } from './tool.ts';

/**
 * The blocks that a message is made of, in the shapes of Anthropic's Messages API, which is what the backend speaks.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export type ContentBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | OtherBlock;

interface Block {
  /** Fields that are only passed on to the API: `citations`, `context`, `cache_control`... Absent: none. */
  readonly extra?: JsonObject;
}

/** A text. */
export interface TextBlock extends Block {
  readonly type: 'text';
  readonly text: string;
}

/** A picture. */
export interface ImageBlock extends Block {
  readonly type: 'image';
  readonly source: Base64Source | UrlSource;
}

/** A document: a PDF, or a plain text. */
export interface DocumentBlock extends Block {
  readonly type: 'document';
  readonly source: Base64Source | UrlSource | PlainTextSource;
  readonly title?: string;
}

/** Claude's reasoning with the signature that lets the API accept it back; never changed, only returned. */
export interface ThinkingBlock extends Block {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}

/** Reasoning that the API has encrypted; never changed, only returned. */
export interface RedactedThinkingBlock extends Block {
  readonly type: 'redacted_thinking';
  readonly data: string;
}

/** A call of a tool. */
export interface ToolUseBlock extends Block {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** The arguments as they were written, where there are numbers in them that `input` has as texts. Never sent to the API. */
  readonly json?: string;
}

/** The result of the call whose id is `tool_use_id`. */
export interface ToolResultBlock extends Block {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: readonly ResultBlock[];
  readonly is_error?: boolean;
}

/** What a tool's result may hold. */
export type ResultBlock = TextBlock | ImageBlock | DocumentBlock | OtherBlock;

/** A block of a type that is not interpreted here, such as `search_result` or `server_tool_use`: it is only passed on, as it is. */
export interface OtherBlock {
  readonly type: 'other';
  /** The whole block, with its own `type`. */
  readonly block: JsonObject;
}

/** A picture or a document itself. */
export interface Base64Source {
  readonly type: 'base64';
  readonly media_type: string;
  readonly data: string;
}

/** Where a picture or a document is, for the API to fetch. */
export interface UrlSource {
  readonly type: 'url';
  readonly url: string;
}

/** A document that is plain text. */
export interface PlainTextSource {
  readonly type: 'text';
  readonly media_type: 'text/plain';
  readonly data: string;
}

/** Whether a block is reasoning, readable or not. */
export function isThinking(block: ContentBlock): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

/** Whether a block is more than a blank text. The API refuses blank texts, even its own; the CLI puts words of its own in their place. */
export function saysSomething(block: ContentBlock): boolean {
  return block.type !== 'text' || /\S/.test(block.text);
}

/** A system prompt as one text: its parts, a blank line between; empty for none. */
export function systemText(system: readonly TextBlock[]): string {
  return system.map(({ text }) => text).join('\n\n');
}

/** A text as a system prompt; none for an empty one. */
export function toSystem(text: string): TextBlock[] {
  return text === '' ? [] : [{ type: 'text', text }];
}
