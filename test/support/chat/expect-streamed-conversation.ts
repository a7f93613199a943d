import { textReply, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { expect } from 'vitest';
import { weatherTool } from './tool-chat.ts';

interface Streamed {
  readonly conversation: string | undefined;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly arguments: string }[];
  readonly finishReason: string | undefined;
}

interface Chunk {
  readonly conversation_id?: string;
  readonly choices: readonly [
    {
      readonly finish_reason: string | null;
      readonly delta: {
        readonly content?: string;
        readonly tool_calls?: readonly {
          readonly index: number;
          readonly id?: string;
          readonly function: { readonly arguments: string };
        }[];
      };
    }?,
  ];
}

/**
 * Has a conversation whose answers are streamed, with a call between them, by HTTP alone; whoever serves it keeps conversations.
 *
 * @param city What tells it from others that go on at the same time.
 */
export async function expectStreamedConversation(url: string, key: string, mock: MockAnthropic, city: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  async function ask(messages: readonly object[], conversation?: string): Promise<Streamed> {
    const body = { model: 'sonnet', stream: true, tools: [weatherTool], messages, conversation_id: conversation };
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    return read(text);
  }

  const called = await ask([{ role: 'user', content: `How is the weather in ${city}?` }]);
  expect(called).toMatchObject({ finishReason: 'tool_calls', calls: [{ arguments: JSON.stringify({ city }) }] });
  const [call] = called.calls;
  const told = await ask([{ role: 'tool', tool_call_id: call?.id, content: `Rain in ${city}` }], called.conversation);
  expect(told).toMatchObject({ text: `Take an umbrella to ${city}.`, finishReason: 'stop', conversation: called.conversation });
  expect(told.conversation).toMatch(/^conv_/);
  const heard = mock.messages().filter(({ body }) => JSON.stringify(body.messages).includes(`Rain in ${city}`));
  expect(heard.at(-1)?.body.messages).toHaveLength(3);
  const items = await fetch(`${url}/v1/conversations/${told.conversation}/items?order=asc`, { headers });
  const { data } = (await items.json()) as { data: { type: string }[] };
  expect(data.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call_output', 'message']);
}

/** What the model answers in such conversations. */
export function answerOfWeather(mock: MockAnthropic): void {
  mock.replyWith(({ body }) => {
    const said = JSON.stringify(body.messages);
    const [, city = ''] = /weather in (\w+)/.exec(said) ?? [];
    if (said.includes('tool_result')) return textReply(['Take an umbrella ', `to ${city}.`]);
    return toolUseReply([{ id: `toolu_${city}`, name: 'get_weather', input: { city } }]);
  });
}

function read(text: string): Streamed {
  const chunks = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Chunk);
  const deltas = chunks.flatMap(({ choices: [choice] }) => choice?.delta ?? []);
  const pieces = deltas.flatMap(({ tool_calls }) => tool_calls ?? []);
  return {
    conversation: chunks.find(({ conversation_id }) => conversation_id !== undefined)?.conversation_id,
    text: deltas.map(({ content }) => content ?? '').join(''),
    calls: pieces.flatMap(({ id, index }) =>
      id === undefined
        ? []
        : [
            {
              id,
              arguments: pieces
                .filter((piece) => piece.index === index)
                .map((piece) => piece.function.arguments)
                .join(''),
            },
          ],
    ),
    finishReason: chunks.flatMap(({ choices: [choice] }) => choice?.finish_reason ?? []).at(-1),
  };
}
