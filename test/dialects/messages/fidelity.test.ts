import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listedBetas, textReply } from '@claude-code-api/mock-anthropic';
import { inBlocks } from '../../support/chat/in-blocks.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { rows, type Asked, type Block, type Row, type Said } from './conversations.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ runner: { maxLive: 1 } });
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

const versionLine = /^x-anthropic-billing-header: [\w=.; -]+$/;
const identity = "You are a Claude agent, built on Anthropic's Claude Agent SDK.";

/** What was said in the one conversation of all rows that can go on in it. */
let before: readonly Said[] = [];

/** One message of the usual model, without tools: a turn of a conversation, and behind it part of its history, which costs no process. */
const goesOn = ({ asked, system, ...row }: Row): boolean =>
  asked.messages.length === 1 &&
  asked['model'] === undefined &&
  asked['tools'] === undefined &&
  system === undefined &&
  row.messages === undefined &&
  !JSON.stringify(asked).includes('cache_control');

// Those that go on first: no other process takes the place of theirs.
test.each([...rows.filter(goesOn), ...rows.filter((row) => !goesOn(row))])('$name', async (row) => {
  if (row.answer !== undefined) server.mock.reply(textReply(row.answer));
  const said = goesOn(row) ? before : [];
  // One that fails leaves nothing to go on with.
  if (goesOn(row)) before = [];
  const asked: Asked = { model: 'sonnet', max_tokens: 3000, ...row.asked, messages: [...said, ...row.asked.messages] };
  const response = await fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(asked),
  });
  expect(await response.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: row.answer ?? 'Hello world' }] });
  expect(response.headers.get('x-ignored-parameters')).toBe(row.ignored ?? null);
  const [request, ...more] = server.mock.messages();
  expect(more).toEqual([]);
  const body = inBlocks(request?.body);
  expect(body?.messages).toEqual(withOwnMark([...said, ...(row.messages ?? row.asked.messages)].map(spelled), asked));
  expect(body?.system).toMatchObject([
    { type: 'text', text: expect.stringMatching(versionLine) },
    { type: 'text', text: identity },
    ...(row.system ?? []).map((text) => ({ type: 'text', text })),
  ]);
  const { messages: _messages, system: _system, model: _model, stream: _stream, ...parameters } = { ...asked, ...row.parameters };
  for (const [key, value] of Object.entries(parameters)) expect(body?.[key], key).toEqual(value);
  if (goesOn(row)) before = [...asked.messages, { role: 'assistant', content: row.answer ?? 'Hello world' }];
});

/** These the CLI names when it changes tools itself, and at no other time; here that is done before it. */
const ofToolChanges: ReadonlySet<string> = new Set(['mid-conversation-tool-changes-2026-07-01', 'inline-tools-2026-09-15']);

/** What the API is told of betas when a caller names some. */
async function betasSent(named: readonly string[]): Promise<string[]> {
  server.mock.reset();
  const response = await fetch(`${server.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(named.length > 0 && { 'anthropic-beta': named.join(', ') }) },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 3000, messages: [{ role: 'user', content: `with ${named.length}` }] }),
  });
  expect([response.status, response.headers.get('x-ignored-parameters')]).toEqual([200, null]);
  return String(server.mock.messages()[0]?.headers['anthropic-beta']).split(',');
}

test('every beta that Anthropic lists is named to the API, beside those of the CLI, and none more often by the caller', async () => {
  const own = await betasSent([]);
  const sent = await betasSent([...listedBetas, ...listedBetas.slice(0, 1)]);
  expect(sent).toEqual(expect.arrayContaining(listedBetas.filter((name) => !ofToolChanges.has(name))));
  expect(sent).toContain('claude-code-20250219');
  // What it names itself the CLI names once more for those that are given to it.
  const repeated = sent.filter((name, index) => sent.indexOf(name) !== index);
  expect(repeated.filter((name) => !own.includes(name))).toEqual([]);
});

interface Spelled {
  readonly role: string;
  readonly content: readonly Block[];
}

/** A text stands for a block of it. */
function spelled({ role, content }: Said): Spelled {
  return { role, content: typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(spelledResult) };
}

function spelledResult(block: Block): Block {
  return block.type === 'tool_result' && typeof block['content'] === 'string'
    ? { ...block, content: [{ type: 'text', text: block['content'] }] }
    : block;
}

/** The CLI marks the end of the messages, for as long as the caller does, where there is room for its marks beside the caller's. */
function withOwnMark(messages: readonly Spelled[], { tools = [] }: Asked): readonly object[] {
  const blocks = [...messages.flatMap(({ content }) => content), ...(Array.isArray(tools) ? (tools as Block[]) : [])];
  const last = messages.at(-1);
  const end = last?.content.at(-1);
  if (last === undefined || end === undefined || blocks.filter((block) => block !== end && 'cache_control' in block).length > 1)
    return messages;
  const marked: object = { cache_control: { type: 'ephemeral' }, ...(end as object) };
  return [...messages.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), marked] }];
}
