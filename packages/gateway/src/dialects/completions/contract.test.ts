import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { dialectContract, sampleModel, sampleOddText, type StreamedReply } from '../../testing/index.ts';
import { completions } from './completions.ts';

interface Chunk {
  readonly choices: readonly { readonly text: string; readonly finish_reason: string | null }[];
  readonly error?: { readonly message: string };
}

function readStream(text: string): StreamedReply {
  const frames = text.replaceAll(/^: keep-alive\n/gm, '').split('\n\n');
  expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
  const chunks = frames.slice(0, -2).map((frame) => JSON.parse(/^data: ([^\n]*)$/.exec(frame)?.[1] ?? '') as Chunk);
  const last = chunks.at(-1);
  if (last?.error !== undefined) return { error: last.error.message };
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const [reason] = choices.flatMap(({ finish_reason: given }) => given ?? []);
  const said = choices.map(({ text: piece }) => piece).join('');
  return { reply: { ...last, choices: [{ text: said, index: 0, logprobs: null, finish_reason: reason }] } };
}

const says = (text: string, reason = 'stop'): object => ({
  ...{ object: 'text_completion', model: sampleModel },
  choices: [{ text, index: 0, logprobs: null, finish_reason: reason }],
  usage: { prompt_tokens: 10, completion_tokens: 70, total_tokens: 80 },
});
const hello = says('Hello world');

const contract = dialectContract({
  dialect: completions,
  serve: (runner) => createGateway({ runner }),
  body: { model: sampleModel, prompt: 'hi' },
  streamed: { stream: true, stream_options: { include_usage: true } },
  readStream,
  differing: ['id', 'created'],
  requests: [
    { name: 'a text', body: {}, turn: { system: [], messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] } },
    { name: 'what has no effect', body: { best_of: 2, what: 1 }, turn: {}, ignored: ['best_of', 'what'] },
  ],
  malformed: [
    { name: 'no model', body: { model: undefined }, param: 'model' },
    { name: 'a prompt that is none', body: { prompt: {} }, param: 'prompt' },
  ],
  replies: {
    text: hello,
    nothing: says(''),
    oddText: says(sampleOddText),
    longText: says('😀'.repeat(3000)),
    twoTexts: says('One. Two.'),
    cited: says('so'),
    thinking: says('So'),
    hiddenThinking: says('So'),
    call: says('I look.'),
    callWithoutArguments: says(''),
    calls: says(''),
    others: says('Found'),
    acting: says('I read. Done.'),
    maxTokens: says('Hello world', 'length'),
    contextWindow: says('Hello world', 'length'),
    stopSequence: hello,
    pause: hello,
    refusal: says('Hello world', 'content_filter'),
    refusalWithoutReason: says('', 'content_filter'),
  },
});

for (const { name, run } of contract) test(name, run);
