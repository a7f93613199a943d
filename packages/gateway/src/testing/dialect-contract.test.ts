import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createGateway } from '../create-gateway.ts';
import type { Dialect, ReplyWriter } from '../dialects/dialect.ts';
import { openaiCallFault } from '../dialects/openai/openai-call-fault.ts';
import { parseBody } from '../dialects/parse-body.ts';
import { foldTurn, textOf } from '../turn/fold-turn.ts';
import { dialectContract, type DialectContractOptions, type StreamedReply } from './dialect-contract.ts';
import { sampleModel, sampleTurns } from './sample-turns.ts';

const schema = z.looseObject({
  model: z.string(),
  ask: z.string(),
  stream: z.optional(z.boolean()),
  twice: z.optional(z.boolean()),
});
type Asked = z.infer<typeof schema>;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** The smallest dialect: a text is asked, and a text is said, by lines of JSON where it is streamed. */
const plain: Dialect<Asked> = {
  path: '/plain',
  parse: (body) => parseBody(schema, body),
  toTurnRequest: ({ model, ask, stream, twice }) => ({
    ...{ model, streamed: stream === true, system: [], tools: [], sampling: {}, keep: false, metadata: {}, choices: 1 },
    messages: [{ role: 'user', content: [{ type: 'text', text: ask }], place: 'ask' }],
    ignored: twice === undefined ? [] : ['twice'],
  }),
  nameOf: (_request, field) => field,
  callFault: openaiCallFault,
  async replyWhole(_request, { turns: [turn] }) {
    const fold = foldTurn();
    for await (const event of turn ?? []) fold.add(event);
    return { id: crypto.randomUUID(), text: textOf(fold.answer, 'text') };
  },
  replyStreamed: () => ({
    write: (event) => (event.type === 'text-delta' ? [line({ text: event.text })] : []),
    idle: () => ['\n'],
    end: () => [line({ end: true })],
    fail: ({ message }) => [line({ error: message })],
  }),
  streamType: 'application/x-ndjson',
  errorBody: ({ message, param }) => ({ message, param }),
};

function readStream(stream: string): StreamedReply {
  expect(stream.endsWith('\n')).toBe(true);
  const lines = stream.split('\n').filter((text) => text !== '');
  const told = lines.map((text) => JSON.parse(text) as { text?: string; end?: boolean; error?: string });
  expect(told.filter(({ text }) => text === undefined)).toHaveLength(1);
  const last = told.at(-1);
  if (last?.error !== undefined) return { error: last.error };
  expect(last?.end).toBe(true);
  return { reply: { id: 'any', text: told.map(({ text = '' }) => text).join('') } };
}

const toOptions = (dialect: Dialect<Asked>): DialectContractOptions => ({
  dialect,
  serve: (runner) => createGateway({ runner, dialects: [dialect] }),
  body: { model: sampleModel, ask: 'hi' },
  readStream,
  differing: ['id'],
  requests: [
    { name: 'a text', body: {}, turn: { messages: [{ role: 'user', content: [{ text: 'hi' }] }] } },
    { name: 'more', body: { twice: true }, turn: {}, ignored: ['twice'] },
  ],
  malformed: [{ name: 'nothing asked', body: { ask: 7 }, param: 'ask' }],
  replies: { ...Object.fromEntries(Object.keys(sampleTurns).map((name) => [name, {}])), text: { text: 'Hello world' } } as never,
});

for (const { name, run } of dialectContract(toOptions(plain))) test(`contract: ${name}`, run);

const writing = (change: (writer: ReplyWriter) => Partial<ReplyWriter>): Partial<Dialect<Asked>> => ({
  replyStreamed: (request, answer) => {
    const writer = plain.replyStreamed(request, answer);
    return { ...writer, ...change(writer) };
  },
});

test.each<[string, string, Partial<Dialect<Asked>>]>([
  ['takes what is malformed', 'malformed: nothing asked', { parse: (body) => ({ ...(body as Asked), ask: 'hi' }) }],
  [
    'asks for something else',
    'request: a text',
    {
      toTurnRequest: (request) =>
        [plain.toTurnRequest(request)].flat().map((asked) => ({ ...asked, system: [{ type: 'text', text: 'x' }], messages: [] })),
    },
  ],
  [
    'ignores in silence',
    'request: more',
    { toTurnRequest: (request) => [plain.toTurnRequest(request)].flat().map((asked) => ({ ...asked, ignored: [] })) },
  ],
  [
    'changes the body',
    'a request is data',
    { parse: (body) => plain.parse(Object.assign(body as object, { stream: true }), new Headers()) },
  ],
  ['has no name for a field', 'a request is data', { nameOf: () => '' }],
  ['leaves a text out', 'reply: text: whole', { replyWhole: async () => ({ id: crypto.randomUUID(), text: '' }) }],
  ['gives an id twice', 'reply: text: whole', { replyWhole: async () => ({ id: 'one', text: 'Hello world' }) }],
  ['streams something else', 'reply: text: streamed', writing(() => ({ write: () => [] }))],
  [
    'needs whole texts',
    'reply: text: streamed',
    writing(() => ({ write: (event) => (event.type === 'text-delta' ? [line({ text: event.text.trim() })] : []) })),
  ],
  ['says something while it is idle', 'reply: text: streamed', writing(() => ({ idle: () => [line({ text: '.' })] }))],
  ['has no end', 'reply: text: streamed', writing(() => ({ end: () => [] }))],
  ['goes on behind its end', 'reply: text: streamed', writing((writer) => ({ end: () => [...writer.end(), line({ text: 'x' })] }))],
  ['hides an error in the stream', 'an error at any event', writing(() => ({ fail: () => [line({ end: true })] }))],
  [
    'makes an error an answer',
    'reply: text: an error',
    { replyWhole: (request, answer) => plain.replyWhole(request, answer).catch(() => ({ id: '', text: '' })) },
  ],
  ['keeps an error to itself', 'a 400 is told', { errorBody: () => ({}) }],
  ['says nothing of an error in mid-stream', 'mid-stream', writing(() => ({ fail: () => [] }))],
])('the contract finds a dialect that %s', async (_, name, damage) => {
  const check = dialectContract(toOptions({ ...plain, ...damage })).find((each) => each.name.includes(name));
  await expect(check?.run()).rejects.toThrow();
});
