/**
 * The blocks that a message is made of, in the shapes of Anthropic's Messages API, which is what the backend speaks.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export type ContentBlock = TextBlock | ImageBlock | DocumentBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock | ToolResultBlock;

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

export interface ImageBlock {
  readonly type: 'image';
  readonly source: Base64Source | UrlSource;
}

export interface DocumentBlock {
  readonly type: 'document';
  readonly source: Base64Source | UrlSource | PlainTextSource;
  readonly title?: string;
}

/** Claude's reasoning with the signature that lets the API accept it back; never changed, only returned. */
export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}

export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}

export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The arguments as they were written, where there are numbers in them that `input` has as texts. Never sent to the API. */
  readonly json?: string;
}

export interface ToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: ReadonlyArray<TextBlock | ImageBlock | DocumentBlock>;
  readonly is_error?: boolean;
}

export interface Base64Source {
  readonly type: 'base64';
  readonly media_type: string;
  readonly data: string;
}

export interface UrlSource {
  readonly type: 'url';
  readonly url: string;
}

export interface PlainTextSource {
  readonly type: 'text';
  readonly media_type: 'text/plain';
  readonly data: string;
}
