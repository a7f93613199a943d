export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A message of a chat completion, as a client sends it. */
export type ChatMessage =
  | { readonly role: 'system' | 'developer' | 'user'; readonly content: string | readonly TextPart[] }
  | { readonly role: 'assistant'; readonly content?: string | readonly TextPart[] | null; readonly tool_calls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string | readonly TextPart[] };
