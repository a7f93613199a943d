import type { ChatMessage } from './request-schema.ts';

type UserMessage = Extract<ChatMessage, { role: 'user' }>;
type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;
type ToolCall = NonNullable<AssistantMessage['tool_calls']>[number];

/** A message of the request in one form of all that clients send. */
export interface PlainMessage {
  readonly message: ChatMessage;
  /** Where in the request it stands, or begins. */
  readonly index: number;
  /** Where in that message's content the parts of it stand, if others stood there too; of a result its own place. */
  readonly parts?: readonly number[] | undefined;
}

/**
 * Writes calls and results as OpenAI does, also those that stand as `tool_use` and `tool_result` blocks in the contents, as in
 * the Messages API; neighbouring messages of the assistant's as one, for clients send its calls and its text apart; and the older
 * `function_call` and its `function` message as a tool call and its result, with an id made of its place.
 */
export function toPlainChat(chat: readonly ChatMessage[]): PlainMessage[] {
  const plain: PlainMessage[] = [];
  for (const [index, message] of chat.entries()) {
    const last = plain.at(-1);
    if (message.role === 'user') plain.push(...toPlainMessages(message, index));
    else if (message.role !== 'assistant') plain.push({ message, index });
    else if (last?.message.role === 'assistant' && canJoin(last.message, message))
      plain[plain.length - 1] = { ...last, message: join(last.message, withPlainCalls(message)) };
    else plain.push({ message: withPlainCalls(message), index });
  }
  return plain.map((each, at) => {
    const message = withCallId(each.message, at, plain[at - 1]?.message);
    return message === each.message ? each : { ...each, message };
  });
}

function withCallId(message: ChatMessage, at: number, before: ChatMessage | undefined): ChatMessage {
  if (message.role === 'assistant' && message.function_call && !message.tool_calls)
    return { ...message, tool_calls: [{ id: `call_function_${at}`, function: message.function_call }] };
  if (message.role === 'function' && before?.role === 'assistant' && before.function_call)
    return { role: 'tool', tool_call_id: `call_function_${at - 1}`, content: message.content ?? '' };
  return message;
}

function toPlainMessages(message: UserMessage, index: number): PlainMessage[] {
  if (typeof message.content === 'string') return [{ message, index }];
  const results: PlainMessage[] = [];
  const content: Exclude<UserMessage['content'], string> = [];
  const parts: number[] = [];
  for (const [place, part] of message.content.entries()) {
    if (part.type === 'tool_result') {
      const { tool_use_id: id, content: said, is_error: isError } = part;
      results.push({ message: { role: 'tool', tool_call_id: id, content: said ?? '', is_error: isError }, index, parts: [place] });
    } else {
      content.push(part);
      parts.push(place);
    }
  }
  return content.length === 0 && results.length > 0 ? results : [...results, { message: { ...message, content }, index, parts }];
}

/** Whether two answers can be made one. Two calls in the older form can't: nothing would tell one from the other. */
function canJoin(one: AssistantMessage, other: AssistantMessage): boolean {
  return !one.function_call || !other.function_call;
}

function join(one: AssistantMessage, other: AssistantMessage): AssistantMessage {
  const calls = [...(one.tool_calls ?? []), ...(other.tool_calls ?? [])];
  return {
    ...one,
    ...other,
    content: [...toParts(one), ...toParts(other)],
    refusal: undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
    function_call: one.function_call ?? other.function_call,
  };
}

function toParts({ content, refusal }: AssistantMessage): Exclude<AssistantMessage['content'], string | null | undefined> {
  const text = content ?? refusal ?? [];
  return typeof text === 'string' ? [{ type: 'text', text }] : text;
}

/** Calls that stand in both places are one call. */
function withPlainCalls(message: AssistantMessage): AssistantMessage {
  if (typeof message.content === 'string' || !message.content) return message;
  const calls = message.tool_calls ?? [];
  const more = message.content.flatMap((part): ToolCall[] =>
    part.type === 'tool_use' && !calls.some(({ id }) => id === part.id)
      ? [{ id: part.id, function: { name: part.name, arguments: toJson(part.input) } }]
      : [],
  );
  return more.length === 0 ? message : { ...message, tool_calls: [...calls, ...more] };
}

/** Some clients keep the pieces of a stream here, as a text. */
function toJson(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? {});
}
