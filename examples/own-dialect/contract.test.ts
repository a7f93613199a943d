import { createGateway } from '@claude-code-api/gateway';
import { dialectContract, sampleModel, sampleOddText, type StreamedReply } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import { ollamaChat } from './ollama-chat.ts';

interface Line {
  readonly message: { readonly content: string; readonly thinking?: string; readonly tool_calls?: readonly object[] };
  readonly done: boolean;
  readonly error?: string;
}

/** Of lines of JSON, the last of which says that it is done, or what has failed. */
function readStream(text: string): StreamedReply {
  expect(text.endsWith('\n')).toBe(true);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const last = lines.at(-1);
  if (last?.error !== undefined) return { error: last.error };
  expect(lines.map(({ done }) => done)).toEqual(lines.map((_, index) => index === lines.length - 1));
  const said = lines.map(({ message }) => message);
  const content = said.map((each) => each.content).join('');
  const thinking = said.map((each) => each.thinking ?? '').join('');
  return {
    reply: { ...last, message: { role: 'assistant', content, thinking, tool_calls: said.flatMap((each) => each.tool_calls ?? []) } },
  };
}

const says = (message: object, reason = 'stop'): object => ({
  ...{ model: sampleModel, done: true, done_reason: reason, prompt_eval_count: 10, eval_count: 70 },
  message: { role: 'assistant', ...message },
});
const call = (id: string, name: string, input: object): object => ({ id, function: { name, arguments: input } });
const hello = says({ content: 'Hello world' });
const hi = { role: 'user', content: 'hi' };
const tools = [{ function: { name: 'look', description: 'Looks' } }];

const contract = dialectContract({
  dialect: ollamaChat,
  serve: (runner) => createGateway({ runner, dialects: [ollamaChat] }),
  body: { model: sampleModel, messages: [hi], stream: false },
  readStream,
  differing: ['created_at'],
  requests: [
    { name: 'a text', body: {}, turn: { system: [], messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], tools: [] } },
    {
      name: 'a system prompt and tools',
      body: { messages: [{ role: 'system', content: 'S' }, hi], tools },
      turn: { system: [{ type: 'text', text: 'S' }], tools: [{ name: 'look', description: 'Looks', inputSchema: { type: 'object' } }] },
    },
    {
      name: 'sampling',
      body: { options: { top_k: 3, num_predict: 9, stop: ['END'] } },
      turn: { sampling: { topK: 3, maxOutputTokens: 9, stopSequences: ['END'] } },
    },
    { name: 'no bound', body: { options: { num_predict: -1 } }, turn: { sampling: { maxOutputTokens: undefined } } },
    { name: 'effort', body: { think: 'high' }, turn: { effort: 'high' } },
    {
      name: 'what has no effect',
      body: { keep_alive: '5m', options: { num_ctx: 1 } },
      turn: {},
      ignored: ['keep_alive', 'options.num_ctx'],
    },
  ],
  malformed: [
    { name: 'no model', body: { model: undefined }, param: 'model' },
    { name: 'no messages', body: { messages: [] }, param: 'messages' },
    { name: 'a text that is none', body: { messages: [{ role: 'user', content: 7 }] }, param: 'messages[0].content' },
  ],
  replies: {
    text: hello,
    nothing: says({ content: '' }),
    oddText: says({ content: sampleOddText }),
    longText: says({ content: '😀'.repeat(3000) }),
    twoTexts: says({ content: 'One. Two.' }),
    cited: says({ content: 'so' }),
    thinking: says({ content: 'So', thinking: 'Let me see' }),
    hiddenThinking: says({ content: 'So', thinking: '' }),
    call: says({ content: 'I look.', tool_calls: [call('toolu_1', 'look', { at: 'Rome' })] }),
    callWithoutArguments: says({ content: '', tool_calls: [call('toolu_1', 'look', {})] }),
    calls: says({ content: '', tool_calls: [call('toolu_1', 'look', { at: 'Rome' }), call('toolu_2', 'rest', {})] }),
    others: says({ content: 'Found', tool_calls: [] }),
    acting: says({ content: 'I read. Done.' }),
    maxTokens: says({ content: 'Hello world' }, 'length'),
    contextWindow: says({ content: 'Hello world' }, 'length'),
    stopSequence: hello,
    pause: hello,
    refusal: hello,
    refusalWithoutReason: says({ content: '' }),
  },
});

for (const { name, run } of contract) test(name, run);
