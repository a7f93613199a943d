import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner, textScript } from '../../testing/create-scripted-runner.ts';

interface Chunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
}

async function ask(deltas: readonly string[], more: object): Promise<string> {
  const app = createGateway({ runner: createScriptedRunner({ script: textScript(deltas) }) });
  const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...more });
  const response = await app.request('/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(response.status).toBe(200);
  return response.text();
}

function toChunks(stream: string): Chunk[] {
  const events = stream.split('\n\n');
  expect(events.slice(-2)).toEqual(['data: [DONE]', '']);
  return events.slice(0, -2).map((event) => {
    expect(event).toMatch(/^data: /);
    return JSON.parse(event.slice('data: '.length)) as Chunk;
  });
}

const deltas = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', '\n\ndata: [DONE]\n\n', '\r', '\u2028', '"', '\\', '😀', ' ') }), {
  maxLength: 8,
});

test('the streamed deltas, joined, are the answer that is not streamed', async () => {
  await fc.assert(
    fc.asyncProperty(deltas, async (pieces) => {
      const chunks = toChunks(await ask(pieces, { stream: true }));
      const whole = JSON.parse(await ask(pieces, {})) as { choices: [{ message: { content: string | null }; finish_reason: string }] };
      const streamed = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
      expect(streamed).toBe(pieces.join(''));
      expect(whole.choices[0].message.content ?? '').toBe(streamed);
      expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean)).toEqual([whole.choices[0].finish_reason]);
    }),
    { numRuns: 50 },
  );
});

test('every chunk has the same id and model, the role comes first, and the usage last where it was asked for', async () => {
  const chunks = toChunks(await ask(['a', 'b'], { stream: true, stream_options: { include_usage: true } }));
  expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`)).size).toBe(1);
  expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  expect(JSON.parse(await ask(['a', 'b'], {}))).toMatchObject({ usage });
});

test('without being asked for it, a stream tells no usage', async () => {
  for (const chunk of toChunks(await ask(['a'], { stream: true }))) expect(chunk).not.toHaveProperty('usage');
});
