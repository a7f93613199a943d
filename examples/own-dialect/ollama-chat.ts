import { foldTurn, gatherAnswer, openaiCallFault, parseBody, textOf, toContentBlock } from '@claude-code-api/gateway/dialect-kit';
import { toReasoning, type AnsweredBlock, type Dialect, type OpenBlock, type OpenMessage } from '@claude-code-api/gateway/dialect-kit';
import type { TurnAnswer } from '@claude-code-api/gateway/dialect-kit';
import * as z from 'zod';

const object = z.record(z.string(), z.unknown());
const text = z.string().default('');
const texts = z.array(z.string()).default([]);
const number = z.number().optional();
const tool = z.object({ function: z.object({ name: z.string(), description: text, parameters: object.default({ type: 'object' }) }) });
const call = z.object({ id: text, function: z.object({ name: z.string(), arguments: object.default({}) }) });
const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: text,
  images: texts,
  tool_calls: z.array(call).default([]),
  tool_call_id: text,
  tool_name: z.string().optional(),
});
const options = z.looseObject({ temperature: number, top_p: number, top_k: number, seed: number, stop: texts, num_predict: number });
const requestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).default([]),
  format: z.union([z.enum(['', 'json']), object]).default(''),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]).optional(),
  stream: z.boolean().default(true),
  options: options.prefault({}),
});
type ChatRequest = z.infer<typeof requestSchema>;

const sampling = { temperature: 'options.temperature', topP: 'options.top_p', topK: 'options.top_k', seed: 'options.seed' };
const names = { ...sampling, thinking: 'think', messages: 'messages', tools: 'tools', outputSchema: 'format' };

/** Ollama's chat, and its list of models: https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion */
export const ollamaChat: Dialect<ChatRequest> = {
  path: '/api/chat',
  parse: (body) => parseBody(requestSchema, body),
  toTurnRequest({ model, messages, tools, format, think, stream: streamed, options: given, ...others }) {
    const { temperature, top_p: topP, top_k: topK, seed, stop: stopSequences, num_predict: limit = 0, ...unknown } = given;
    const maxOutputTokens = limit > 0 ? limit : undefined;
    return {
      model,
      system: [],
      messages: messages.map(toRequestMessage),
      tools: tools.map(({ function: { parameters, ...about } }) => ({ ...about, inputSchema: parameters, strict: false })),
      sampling: { temperature: temperature && Math.min(temperature, 1), topP, topK, stopSequences, maxOutputTokens },
      reasoning: think === undefined ? undefined : toReasoning(typeof think === 'string' ? think : think ? 'medium' : 'none'),
      outputSchema: format === 'json' ? { type: 'object' } : format || undefined,
      seed,
      keep: true,
      metadata: {},
      choices: 1,
      streamed,
      ignored: [...Object.keys(others), ...Object.keys(unknown).map((option) => `options.${option}`)],
    };
  },
  nameOf: (_request, field) => names[field],
  callFault: openaiCallFault,
  async replyWhole({ model }, { turns: [turn] }) {
    const answer = await gatherAnswer(turn);
    const said = { content: textOf(answer, 'text'), thinking: textOf(answer, 'thinking'), tool_calls: answer.blocks.flatMap(toCalls) };
    return toReply(model, said, toEnd(answer));
  },
  replyStreamed({ model }) {
    const fold = foldTurn();
    const line = (said: object, end?: object): string => `${JSON.stringify(toReply(model, said, end))}\n`;
    return {
      write(event) {
        fold.add(event);
        if (event.type === 'text-delta') return [line({ content: event.text })];
        if (event.type === 'thinking-delta') return [line({ thinking: event.thinking })];
        const calls = event.type === 'block-end' ? fold.answer.blocks.slice(-1).flatMap(toCalls) : [];
        return calls.map((each) => line({ tool_calls: [each] }));
      },
      idle: () => [line({})],
      end: () => [line({}, toEnd(fold.answer))],
      fail: ({ message: error }) => [`${JSON.stringify({ error })}\n`],
    };
  },
  streamType: 'application/x-ndjson',
  errorBody: ({ message: error }) => ({ error }),
  modelList: { path: '/api/tags', reply: (models) => ({ models: models.map(({ id }) => ({ name: id, model: id })) }) },
};

function toRequestMessage(given: ChatRequest['messages'][number], index: number): OpenMessage {
  const place = `messages[${index}]`;
  const said = { type: 'text', text: given.content } as const;
  if (given.role === 'tool') {
    const result = { type: 'tool_result', tool_use_id: given.tool_call_id, name: given.tool_name, content: [said], place } as const;
    return { role: 'user', content: [result], place };
  }
  const images = given.images.map((location, at): OpenBlock => {
    return { type: 'media', kind: 'image', location, bare: true, param: `${place}.images[${at}]` };
  });
  const calls = given.tool_calls.map(({ id, function: { name, arguments: input } }): OpenBlock => ({ type: 'tool_use', id, name, input }));
  return { role: given.role, content: [...images, said, ...calls], place };
}

function toCalls(answered: AnsweredBlock): object[] {
  const block = toContentBlock(answered);
  return block?.type === 'tool_use' ? [{ id: block.id, function: { name: block.name, arguments: block.input } }] : [];
}

function toReply(model: string, said: object, end: object = { done: false }): object {
  return { model, created_at: new Date().toISOString(), message: { role: 'assistant', content: '', ...said }, ...end };
}

function toEnd({ end, usage }: TurnAnswer): object {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const reason = end?.reason === 'max_tokens' || end?.reason === 'context_window' ? 'length' : 'stop';
  return { done: true, done_reason: reason, prompt_eval_count: prompt, eval_count: usage.outputTokens };
}
