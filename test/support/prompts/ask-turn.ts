import { toolNamed } from './tool-named.ts';
import type { TestServer } from '../servers/start-test-server.ts';

/** What was said, in no dialect. */
export type Said =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string }
  | { readonly role: 'call' | 'result'; readonly id: string; readonly name: string; readonly json: string };

export interface AskedTurn {
  readonly system: string;
  /** All of it, what is asked last included. */
  readonly said: readonly Said[];
  readonly model: string;
  readonly tools: readonly string[];
  /** Of the turn before. */
  readonly conversationId: string | undefined;
}

export interface Answered {
  /** What Claude said, and the result of its call. */
  readonly said: readonly Said[];
  readonly conversationId: string | undefined;
}

export type AskTurn = (server: TestServer, turn: AskedTurn) => Promise<Answered>;

interface ChatCompletion {
  readonly conversation_id?: string;
  readonly choices: readonly {
    readonly message: {
      readonly content: string | null;
      readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
    };
  }[];
}

/** Asks by chat completions: with all that was said, or only with what is new in a conversation that is kept. */
export async function askByChat(server: TestServer, turn: AskedTurn, { byId = false } = {}): Promise<Answered> {
  const { said, conversationId: conversation_id } = turn;
  const isFollowUp = byId && conversation_id !== undefined;
  const messages = isFollowUp ? said.slice(-1).map(toChat) : [{ role: 'system', content: turn.system }, ...said.map(toChat)];
  const { choices, ...completion } = await post<ChatCompletion>(server, '/v1/chat/completions', {
    ...{ model: turn.model, messages, ...(isFollowUp && { conversation_id }) },
    ...(turn.tools.length > 0 && { tools: turn.tools.map((name) => ({ type: 'function', function: toolNamed(name) })) }),
  });
  const message = choices[0]?.message;
  const [call] = message?.tool_calls ?? [];
  if (call === undefined)
    return { said: [{ role: 'assistant', text: message?.content ?? '' }], conversationId: completion.conversation_id };
  const { id, function: called } = call;
  return {
    said: [
      { role: 'call', id, name: called.name, json: called.arguments },
      { role: 'result', id, name: called.name, json: `found for ${id}` },
    ],
    conversationId: completion.conversation_id,
  };
}

function toChat(each: Said): object {
  if ('text' in each) return { role: each.role, content: each.text };
  if (each.role === 'result') return { role: 'tool', tool_call_id: each.id, content: each.json };
  const call = { id: each.id, type: 'function', function: { name: each.name, arguments: each.json } };
  return { role: 'assistant', content: null, tool_calls: [call] };
}

/** Asks by responses, with all that was said; no calls. */
export async function askByResponses(server: TestServer, { system, said, model }: AskedTurn): Promise<Answered> {
  const input = said.map((each) => ({ role: each.role, content: textOf(each) }));
  const response = await post<{ output: readonly { type: string; content: readonly { text: string }[] }[] }>(server, '/v1/responses', {
    ...{ model, instructions: system, input, store: false },
  });
  const message = response.output.find(({ type }) => type === 'message');
  return { said: [{ role: 'assistant', text: message?.content[0]?.text ?? '' }], conversationId: undefined };
}

/** Asks by Anthropic's messages, with all that was said; no calls. */
export async function askByMessages(server: TestServer, { system, said, model }: AskedTurn): Promise<Answered> {
  const messages = said.map((each) => ({ role: each.role, content: textOf(each) }));
  const { content } = await post<{ content: readonly { text: string }[] }>(server, '/v1/messages', {
    model,
    system,
    messages,
    max_tokens: 1000,
  });
  return { said: [{ role: 'assistant', text: content[0]?.text ?? '' }], conversationId: undefined };
}

function textOf(each: Said): string {
  if (!('text' in each)) throw new Error('There are no calls in this dialect.');
  return each.text;
}

async function post<Answer>(server: TestServer, path: string, body: object): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer as Answer;
}
