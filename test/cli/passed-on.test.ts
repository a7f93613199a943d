import type { ContentBlock, Message, ResultBlock, Turn } from '@claude-code-api/gateway';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { silentLogger } from '../support/silent-logger.ts';

// What docs/decisions/2026-11-27-what-is-passed-on.md says, on the real CLI.
let mock: MockAnthropic;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const mark = { cache_control: { type: 'ephemeral' } };
const found = {
  type: 'search_result',
  source: 'https://x.test',
  title: 't',
  content: [{ type: 'text', text: 'found' }],
  citations: { enabled: true },
};
const search: ResultBlock = { type: 'other', block: found };
const source = { type: 'text', media_type: 'text/plain', data: 'The grass is green.' } as const;
const context = { context: 'c', citations: { enabled: true } };
const document: ContentBlock = { type: 'document', source, title: 'd', extra: { ...context, ...mark } };
const marked: ContentBlock = { type: 'text', text: 'marked', extra: mark };
const asked = [document, search, marked];
const askedThere = [{ type: 'document', source, title: 'd', ...context, ...mark }, found, { type: 'text', text: 'marked', ...mark }];
const webSearch = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', url: 'https://x.test', title: 't', encrypted_content: 'e', page_age: null }],
  },
];
const citations = [
  { type: 'char_location', cited_text: 'green', document_index: 0, document_title: 'd', start_char_index: 0, end_char_index: 5 },
];
const answered: ContentBlock[] = [
  ...webSearch.map((block) => ({ type: 'other' as const, block })),
  { type: 'text', text: 'green', extra: { citations } },
];
// The CLI empties the citations of earlier answers.
const answeredThere = [...webSearch, { type: 'text', text: 'green', citations: [] }];

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

async function send(messages: readonly Message[], more: Partial<Turn> = {}) {
  const runner = createCliRunner({
    cli: newestCli,
    logger: silentLogger,
    environment: mockEnvironment(mock.url),
    processes: { minIdle: 0 },
  });
  const turn: Turn = { model: 'claude-sonnet-4-5', system: [], messages, tools: [], sampling: {}, tenant: '', ...more };
  try {
    for await (const event of runner.run(turn, AbortSignal.timeout(60_000))) if (event.type === 'turn-end') break;
  } finally {
    await runner.close();
  }
  const [request, ...others] = mock.messages();
  expect(others).toEqual([]);
  return request?.body;
}

test('what is asked arrives with the fields that are only passed on', async () => {
  const body = await send([user(...asked, text('hi'))]);
  expect(body?.messages[0]?.content.slice(0, 3)).toEqual(askedThere);
  expect(body).not.toHaveProperty('thinking');
});

test('what was said before arrives so too, over the protocol and by a file', async () => {
  const history = [user(...asked), assistant(...answered)];
  const over = await send([...history, user(text('hi'))]);
  expect(over?.messages.slice(0, 2).map(({ content }) => content)).toEqual([askedThere, answeredThere]);
  mock.reset();
  // Each question of parts costs the CLI a turn.
  const many = Array.from({ length: 201 }, () => [user(text('q'), text('r')), assistant(text('a'))]).flat();
  const byFile = await send([...history, ...many, user(text('hi'))]);
  expect(byFile?.messages).toHaveLength(405);
  expect(byFile?.messages.slice(0, 2).map(({ content }) => content)).toEqual([askedThere, answeredThere]);
});

test('so do results, and the parts of a system prompt as one', async () => {
  const call: ContentBlock = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {}, extra: mark };
  const result: ContentBlock = { type: 'tool_result', tool_use_id: 'toolu_1', content: [search], extra: mark };
  const tools = [{ name: 'f', description: '', inputSchema: { type: 'object' }, strict: false }];
  const parts = [
    { type: 'text', text: 'one', extra: mark },
    { type: 'text', text: 'two' },
  ] as const;
  const body = await send([user(text('q')), assistant(call), user(result)], { tools, system: parts });
  expect(body?.messages.slice(1).map(({ content }) => content)).toEqual([
    [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {}, ...mark }],
    [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [found], ...mark }],
  ]);
  const system = Array.isArray(body?.system) ? body.system : [];
  expect(system.slice(2).map((block) => block.text)).toEqual(['one\n\ntwo']);
});
