import { expect } from 'vitest';
import type { RecordedMessages } from '@claude-code-api/mock-anthropic';
import type { ChatMessage, ToolCall } from './chat-message.ts';
import type { TestServer } from '../servers/start-test-server.ts';
import { toExpectedConversation } from './to-expected-conversation.ts';
import { withoutCacheControl } from './without-cache-control.ts';

/** An answer as a client gets it, and as it sends it back. */
export interface AnswerMessage {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly reasoning_content?: string;
}

export interface ToolChatReply {
  readonly message: AnswerMessage;
  readonly finishReason: string;
  /** The one request that was sent upstream. */
  readonly request: RecordedMessages;
}

export const user = (content: string): ChatMessage => ({ role: 'user', content });
export const result = (id: string, content: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content });

export const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Tells the weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

/** Asks, checks that exactly this conversation was sent upstream, in one request, and gives the answer. */
export async function toolChat(server: TestServer, messages: readonly ChatMessage[], parameters: object = {}): Promise<ToolChatReply> {
  const before = server.mock.messages().length;
  const response = await server.chat({ model: 'sonnet', tools: [weatherTool], ...parameters, messages });
  const completion = (await response.json()) as { choices: [{ message: AnswerMessage; finish_reason: string }] };
  expect(response.status, JSON.stringify(completion)).toBe(200);
  const [request, ...more] = server.mock.messages().slice(before);
  if (request === undefined) throw new Error('Nothing was sent upstream.');
  expect(more).toEqual([]);
  const sent = withoutCacheControl(request.body.messages);
  const { messages: expected } = toExpectedConversation(messages);
  // Compared as text first: a difference in a megabyte is not to be printed.
  if (JSON.stringify(expected).length > 100_000) expect(JSON.stringify(sortKeys(sent)) === JSON.stringify(sortKeys(expected))).toBe(true);
  else expect(sent).toEqual(expected);
  return { message: completion.choices[0].message, finishReason: completion.choices[0].finish_reason, request };
}

/** The session that a request comes from: a process has one of its own. */
export function processOf(request: RecordedMessages | undefined): string {
  const id = request?.headers['x-claude-code-session-id'];
  expect(id).toMatch(/^[\da-f-]{36}$/);
  return String(id);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
