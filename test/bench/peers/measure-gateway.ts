import type { MockAnthropic } from '@claude-code-api/mock-anthropic';
import { chatOnce, type Chatted } from './chat-once.ts';

/** What one round tells of a gateway; undefined for what it can't do. */
export interface Measured {
  readonly firstTokenNewMs: number | undefined;
  readonly firstTokenFollowUpMs: number | undefined;
  readonly wholeTurnMs: number | undefined;
  readonly eightAtOnceMs: number | undefined;
  readonly toolRoundTripMs: number | undefined;
  /** Characters of what the API was asked for "Hello", its JSON. */
  readonly promptCharacters: number | undefined;
  /** Messages of the follow-up that the API got; three were sent. */
  readonly followUpMessages: number | undefined;
}

const system = { role: 'system', content: 'You are a test.' };
const user = (content: string): object => ({ role: 'user', content });
const assistant = (content: string): object => ({ role: 'assistant', content });

/** The same requests to each gateway; the model answers at once. */
export async function measureGateway(url: string, mock: MockAnthropic, round: number): Promise<Measured> {
  const first = [system, user(`Hello ${round}`)];
  const fresh = await tried(() => chatOnce(url, { messages: first, stream: true }));
  const promptCharacters = JSON.stringify(mock.messages().at(-1)?.body ?? '').length;
  const next = [...first, assistant(fresh?.text ?? ''), user('And now?')];
  const followUp = await tried(() => chatOnce(url, { messages: next, stream: true }));
  const followUpMessages = mock.messages().at(-1)?.body.messages.length;
  const whole = await tried(() => chatOnce(url, { messages: [system, user(`Whole ${round}`)] }));
  const eight = await tried(async () => {
    const begin = performance.now();
    await Promise.all(Array.from({ length: 8 }, (_, index) => chatOnce(url, { messages: [system, user(`Eight ${round} ${index}`)] })));
    return performance.now() - begin;
  });
  return {
    firstTokenNewMs: fresh?.firstTokenMs,
    firstTokenFollowUpMs: followUp?.firstTokenMs,
    wholeTurnMs: whole?.wholeMs,
    eightAtOnceMs: eight,
    toolRoundTripMs: await tried(() => roundTrip(url, round)),
    promptCharacters,
    followUpMessages,
  };
}

async function roundTrip(url: string, round: number): Promise<number> {
  const tools = [
    { type: 'function', function: { name: 'look_up', description: 'Looks something up.', parameters: { type: 'object', properties: {} } } },
  ];
  const asked = [system, user(`Look it up ${round}`)];
  const called = await chatOnce(url, { messages: asked, tools });
  const [call] = called.calls;
  if (call === undefined) throw new Error('It makes no calls.');
  const result = { role: 'tool', tool_call_id: call.id, content: 'found' };
  const answered: Chatted = await chatOnce(url, {
    messages: [...asked, { role: 'assistant', content: null, tool_calls: [call] }, result],
    tools,
  });
  return called.wholeMs + answered.wholeMs;
}

async function tried<Value>(measure: () => Promise<Value>): Promise<Value | undefined> {
  return measure().catch(() => undefined);
}
