import { existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentBlock, Turn, TurnEvent } from '@claude-code-api/gateway';
import { checkBlocks } from '@claude-code-api/gateway/testing';
import { foldTurn, toContentBlock } from '@claude-code-api/gateway/runner-kit';
import { createCliRunner } from '@claude-code-api/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  messageReply,
  startMockAnthropic,
  textReply,
  toolUseReply,
  type MockAnthropic,
  type RecordedMessages,
} from '@claude-code-api/mock-anthropic';
import type { ChatMessage } from '../support/chat/chat-message.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { createForgetfulCli } from '../support/cli/create-forgetful-cli.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { readHealth, type Health } from '../support/servers/read-health.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { processOf, result, toolChat, user, weatherTool, type AnswerMessage } from '../support/chat/tool-chat.ts';
import { untilHealth } from '../support/servers/until-health.ts';
import { until } from '../support/until.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

// A full name, for which no process is started that looks it up.
const model = 'claude-sonnet-5-5';
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const call = { id: 'toolu_l1', name: 'get_weather', input: { city: 'Oslo' } };

/** A server none of whose processes waits for a new conversation, so that those that live are those of the conversations. */
async function withServerOf(
  { runner = {}, ...options }: Pick<TestServerOptions, 'cli'> & { readonly runner: TestServerOptions['runner'] },
  run: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer({ ...options, runner: { minIdle: 0, maxIdle: 0, ...runner } });
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

const withServer = (runner: TestServerOptions['runner'], run: (server: TestServer) => Promise<void>): Promise<void> =>
  withServerOf({ runner }, run);

function countProcessesOf(path: string): number {
  return childProcesses().filter(({ command }) => command.startsWith(path)).length;
}

const countProcesses = (): number => countProcessesOf(newestCli.path);

async function waitingProcesses(server: TestServer): Promise<Health['processes']> {
  return (await readHealth(server.url)).processes;
}

/** A conversation that goes on: each question is asked with all that was said before. */
function startConversation(server: TestServer, name: string): { ask(question: string): Promise<string> } {
  const messages: ChatMessage[] = [];
  return {
    async ask(question) {
      messages.push(user(`${name}: ${question}`));
      const { message, request } = await toolChat(server, messages, { model });
      messages.push(message);
      return processOf(request);
    },
  };
}

describe('how much memory waiting processes hold', () => {
  let bytes = 0;
  let directory: string;
  /** A binary of its own: what a process shares with those of other tests would make it smaller, as long as they run. */
  let cli = newestCli;
  const withOwn = (runner: TestServerOptions['runner'], run: (server: TestServer) => Promise<void>): Promise<void> =>
    withServerOf({ cli, runner }, run);
  const countOwn = (): number => countProcessesOf(cli.path);

  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    cli = { ...newestCli, path: join(directory, 'claude') };
    await copyFile(newestCli.path, cli.path);
    await withOwn({}, async (server) => {
      expect(await waitingProcesses(server)).toMatchObject({ live: 0, liveMemoryBytes: 0 });
      await startConversation(server, 'one').ask('Hi');
      // It is measured when the answer is out already.
      bytes = (await untilHealth(server.url, ({ processes }) => processes.liveMemoryBytes > 0)).processes.liveMemoryBytes;
    });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('is told in /health', () => {
    expect(bytes).toBeGreaterThan(50_000_000);
    expect(bytes).toBeLessThan(1_000_000_000);
  });

  test('counts once what they share, where the system tells that', () =>
    withOwn({}, async (server) => {
      for (const name of ['one', 'two', 'three', 'four']) await startConversation(server, name).ask('Hi');
      const { liveMemoryKind } = (await untilHealth(server.url, ({ processes }) => processes.live === 4)).processes;
      const told = async (): Promise<number> => (await waitingProcesses(server)).liveMemoryBytes;
      expect(liveMemoryKind).toBe(existsSync('/proc/self/smaps_rollup') ? 'pss' : 'rss');
      await expect.poll(told).toBeGreaterThan(2 * bytes);
      if (liveMemoryKind === 'pss') expect(await told()).toBeLessThan(3.5 * bytes);
    }));

  test('is bounded: there is room for one, and that is the last that answered', () =>
    withOwn({ maxLiveMemoryBytes: 1.2 * bytes }, async (server) => {
      const [one, two] = [startConversation(server, 'one'), startConversation(server, 'two')];
      const first = await one.ask('Hi');
      const second = await two.ask('Hi');
      await until(() => countOwn() === 1, 'the end of the first process');
      expect((await waitingProcesses(server)).live).toBe(1);
      expect(await two.ask('Go on.')).toBe(second);
      expect(await one.ask('Go on.')).not.toBe(first);
      await until(() => countOwn() === 1, 'the end of the second process');
    }));

  test('is bounded for those that wait for results too, and the results arrive all the same', () =>
    withOwn({ maxLiveMemoryBytes: 1.2 * bytes }, async (server) => {
      server.mock.reply(toolUseReply([call]));
      const question = user('What is the weather?');
      const called = await toolChat(server, [question], { model });
      await startConversation(server, 'other').ask('Hi');
      await until(() => countOwn() === 1, 'the end of the process that waits for results');
      const answered = await toolChat(server, [question, called.message, result(call.id, 'cold')], { model });
      expect(processOf(answered.request)).not.toBe(processOf(called.request));
      expect(answered.message.content).toBe('Hello world');
    }));

  test('is bounded for a single one as well: then none waits, and all goes on', () =>
    withOwn({ maxLiveMemoryBytes: 1 }, async (server) => {
      const conversation = startConversation(server, 'one');
      const first = await conversation.ask('Hi');
      await until(() => countOwn() === 0, 'the end of the process');
      expect(await waitingProcesses(server)).toMatchObject({ live: 0, liveMemoryBytes: 0 });
      expect(await conversation.ask('Go on.')).not.toBe(first);
    }));
});

test('of too many, the one that waits longest since its last turn ends', () =>
  withServer({ maxLive: 2 }, async (server) => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => startConversation(server, name));
    if (one === undefined || two === undefined || three === undefined) throw new Error('No conversations.');
    const [first, second] = [await one.ask('Hi'), await two.ask('Hi')];
    expect(await one.ask('Go on.')).toBe(first);
    const third = await three.ask('Hi');
    await until(() => countProcesses() === 2, 'the end of the second process');
    expect([await one.ask('Go on.'), await three.ask('Go on.')]).toEqual([first, third]);
    expect(await two.ask('Go on.')).not.toBe(second);
  }));

test('two chats with two requests aside a turn find their processes in all follow-ups, as Open WebUI asks', () =>
  withServer({ maxLive: 4 }, async (server) => {
    const aside = (kind: string, question: string): ChatMessage =>
      user(`### Task:\nGenerate ${kind}.\n### Chat History:\n<chat_history>\nUSER: ${question}\n</chat_history>`);
    const chats = ['Lisbon', 'Vienna'].map((city) => ({ city, conversation: startConversation(server, city), process: '' }));
    let found = 0;
    for (const question of ['Where is it?', 'How old is it?']) {
      for (const chat of chats) {
        const process = await chat.conversation.ask(question);
        if (process === chat.process) found += 1;
        chat.process = process;
        if (found === chats.length) break;
        const kinds = ['a title', 'three tags'];
        await Promise.all(
          kinds.map((kind) => server.chat({ model, messages: [aside(kind, `${chat.city}: ${question}`)] }).then((it) => it.text())),
        );
      }
    }
    expect(found).toBe(2);
  }));

test('a title beside the answer, as opencode asks: what came at once last time waits for the next', async () => {
  let started = 0;
  const insight = {
    processStarted: () => void (started += 1),
    processFailed() {},
    turnRetried() {},
    toolDenied() {},
    watch() {},
  };
  const server = await startTestServer({ runner: { minIdle: 1, maxIdle: 4, insight } });
  try {
    const askBoth = async (topic: string): Promise<number> => {
      const before = started;
      // Until both have asked, neither is answered: so they are at work at once.
      let answer = (): void => {};
      const after = new Promise<void>((resolve) => (answer = resolve));
      server.mock.reset();
      server.mock.reply(textReply('One', { after }), textReply('Two', { after }));
      const responding = [
        server.chat({ model, messages: [user('Generate a title for this conversation:'), user(topic)] }),
        server.chat({ model, tools: [weatherTool], messages: [user(topic)] }),
      ];
      await until(() => server.mock.messages().length === 2, 'both requests upstream');
      // Less those that are to wait in the place of what was taken.
      const { idle, starting } = await waitingProcesses(server);
      const meanwhile = started - before - idle - starting;
      answer();
      for (const response of await Promise.all(responding)) await response.text();
      return meanwhile;
    };
    await untilHealth(server.url, ({ processes }) => processes.idle >= 1);
    await askBoth('Fix the bug');
    await untilHealth(server.url, ({ processes }) => processes.idle >= 2);
    expect(await askBoth('Write a test')).toBe(0);
  } finally {
    await server.close();
  }
});

test('one for which nobody comes ends', () =>
  withServer({ liveIdleMs: 300 }, async (server) => {
    await startConversation(server, 'one').ask('Hi');
    await until(() => countProcesses() === 0, 'the end of the process');
    expect(await waitingProcesses(server)).toMatchObject({ live: 0, liveMemoryBytes: 0 });
  }));

describe('with a bound on what a process is told of earlier messages', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0, maxHistoryMessages: 2 } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  async function ask(messages: readonly ChatMessage[]): Promise<{ message: AnswerMessage; heard: string[]; process: string }> {
    const response = await server.chat({ model, tools: [weatherTool], messages });
    const { choices } = (await response.json()) as { choices: [{ message: AnswerMessage }] };
    expect(response.status).toBe(200);
    const request = server.mock.messages().at(-1);
    return { message: choices[0].message, heard: heardIn(request), process: processOf(request) };
  }

  test('a follow-up that finds its process loses nothing', async () => {
    const messages: ChatMessage[] = [];
    const processes = new Set<string>();
    for (const question of ['one', 'two', 'three']) {
      messages.push(user(question));
      const { message, heard, process } = await ask(messages);
      expect(heard).toHaveLength(messages.length);
      processes.add(process);
      messages.push(message);
    }
    expect(processes.size).toBe(1);
  });

  test('a process that takes a conversation over hears its end, and the next turn finds it by all of it', async () => {
    const messages = [user('a'), assistant('b'), user('c'), assistant('d'), user('e')];
    const taken = await ask(messages);
    expect(taken.heard).toEqual(['user c', 'assistant d', 'user e']);
    const next = await ask([...messages, taken.message, user('f')]);
    expect(next.process).toBe(taken.process);
    expect(next.heard).toEqual(['user c', 'assistant d', 'user e', 'assistant Hello world', 'user f']);
  });

  test('a call and its result stay together, even where that is more', async () => {
    const use = (id: string): ChatMessage => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
    });
    const earlier = [user('a'), assistant('b')];
    const underWay = [user('c'), use('toolu_1'), result('toolu_1', 'x'), use('toolu_2'), result('toolu_2', 'y')];
    const heard = ['user c', 'assistant toolu_1', 'user toolu_1', 'assistant toolu_2', 'user toolu_2'];
    const taken = await ask([...earlier, ...underWay]);
    expect(taken.heard).toEqual(heard);
    expect((await ask([...earlier, ...underWay, user('And?')])).heard).toEqual([...heard.slice(0, -1), 'user toolu_2 And?']);
    // Once the turn is over it counts like any other.
    expect((await ask([user('z'), ...underWay, assistant('d'), user('e')])).heard).toEqual(['user e']);
  });
});

test('a CLI that takes earlier messages by file is told no more of them either', async () => {
  const directory = await makeTemporaryDirectory();
  try {
    const cli = await createForgetfulCli(directory, newestCli);
    const server = await startTestServer({ cli, runner: { minIdle: 0, maxIdle: 0, startTimeoutMs: 10_000, maxHistoryMessages: 2 } });
    try {
      const messages = [user('a'), assistant('b'), user('c'), assistant('d'), user('e')];
      expect((await server.chat({ model, messages })).status).toBe(200);
      expect(server.mock.messages().map(heardIn)).toEqual([['user c', 'assistant d', 'user e']]);
      expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ cli: { history: 'transcript' } });
    } finally {
      await server.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

describe('thinking that the caller keeps', () => {
  let mock: MockAnthropic;
  beforeAll(async () => {
    mock = await startMockAnthropic();
  });
  afterAll(() => mock.close());

  /** Runs a turn on a runner of its own, which knows nothing of any other. */
  async function runAlone(messages: Turn['messages']): Promise<TurnEvent[]> {
    const environment = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ANTHROPIC_API_KEY: 'sk-ant-test-key',
      ANTHROPIC_BASE_URL: mock.url,
    };
    const runner = createCliRunner({ cli: newestCli, logger: silentLogger, environment, processes: { minIdle: 0, maxIdle: 0 } });
    const tools = [{ name: 'get_weather', description: '', inputSchema: { type: 'object' }, strict: false }];
    const turn: Turn = { model: 'sonnet', system: [], messages, tools, sampling: {}, thinking: { type: 'adaptive' }, tenant: '' };
    const events: TurnEvent[] = [];
    try {
      for await (const event of runner.run(turn, AbortSignal.timeout(30_000))) events.push(event);
    } finally {
      await runner.close();
    }
    return events;
  }

  const contentOf = (events: readonly TurnEvent[]): ContentBlock[] =>
    foldTurn(events).answer.blocks.flatMap((block) => toContentBlock(block) ?? []);

  test('goes on in another runner, between a call and its result', async () => {
    const said: readonly ContentBlock[] = [
      { type: 'thinking', thinking: 'Where is it?', signature: 'c2lnbmVk' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', ...call },
    ];
    mock.reply(
      messageReply([
        { type: 'thinking', chunks: ['Where ', 'is it?'], signature: 'c2lnbmVk' },
        { type: 'text', chunks: ['I ', 'look.'] },
        { type: 'tool_use', ...call, chunks: ['{"city":', '"Oslo"}'] },
      ]),
    );
    const question = { role: 'user', content: [{ type: 'text', text: 'What is the weather?' }] } as const;
    const events = await runAlone([question]);
    const end = events.at(-1);
    if (end?.type !== 'turn-end' || events[0]?.type !== 'turn-start') throw new Error('No answer.');
    expect(events[0].messageId).toMatch(/^msg_/);
    checkBlocks(events);
    expect(end).toEqual({ type: 'turn-end', reason: 'tool_use' });
    const content = contentOf(events);
    expect(content).toEqual(said);

    const stored = { role: 'assistant', content, model: events[0].model } as const;
    const results = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: 'cold' }] }],
    } as const;
    const after = await runAlone([question, stored, results]);
    expect(after.at(-1)).toEqual({ type: 'turn-end', reason: 'end_turn' });
    expect(contentOf(after)).toEqual([{ type: 'text', text: 'Hello world' }]);
    const body = mock.messages().at(-1)?.body;
    expect(body?.thinking).toMatchObject({ type: 'adaptive' });
    expect(withoutCacheControl(body?.messages)).toEqual([question, { role: 'assistant', content: said }, results]);
  });
});

/** What a request tells the model: of each message its role, and its texts or the ids of its calls. */
function heardIn(request: RecordedMessages | undefined): string[] {
  return (request?.body.messages ?? []).map(({ role, content }) => {
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return [role, ...blocks.map((block) => Object.entries(block).find(([key]) => /^(text|id|tool_use_id)$/.test(key))?.[1])].join(' ');
  });
}
