import { rm } from 'node:fs/promises';
import {
  createPrefixCache,
  startMockAnthropic,
  textReply,
  toolUseReply,
  type MessagesBody,
  type MockAnthropic,
  type PromptUsage,
} from '@claude-code-api/mock-anthropic';
import { subscriptionLogin } from '../cli/subscription-login.ts';
import { makeTemporaryDirectory } from '../make-temporary-directory.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../servers/start-test-server.ts';
import { askByChat, askByMessages, askByResponses, type AskTurn, type Said } from './ask-turn.ts';

/** A way that a conversation of many turns takes through the gateway. */
export interface PromptPath {
  /** So many servers answer in turns. Default: 1. */
  readonly servers?: number;
  readonly options?: TestServerOptions;
  /** Whether a subscription is logged in. Default: a key. */
  readonly subscription?: boolean;
  readonly model?: (turn: number) => string;
  readonly tools?: (turn: number) => readonly string[];
  /** Whether each question is first answered by a call, whose result is then sent. */
  readonly calls?: boolean;
  /** By what a turn is asked. Default: chat completions with all that was said. */
  readonly ask?: (turn: number) => AskTurn;
  /** So many exchanges come with the first turn. Default: none. */
  readonly brought?: number;
  /** The path that reads all that can be read. Default: itself. */
  readonly against?: string;
}

const rebuilt: TestServerOptions = { runner: { maxLive: 0 } };
const agent: TestServerOptions['settings'] = { 'profiles.agent': '{"tools":["Read"],"working_directory":"/tmp"}' };
// Its full name: to look up another would take a process that no agent can use.
const agentModel = (): string => 'agent/claude-sonnet-5-5';
const tools = (): readonly string[] => ['look_up', 'count', 'add'];
const dialects = [askByChat, askByResponses, askByMessages];
const byTurns = (turn: number): AskTurn => dialects[turn % dialects.length] ?? askByChat;

export const promptPaths: Readonly<Record<string, PromptPath>> = {
  'live, by history': {},
  'live, by conversation id': { ask: () => (server, turn) => askByChat(server, turn, { byId: true }), against: 'live, by history' },
  'a new process each turn': { options: rebuilt, against: 'live, by history' },
  'another server each turn': { servers: 2, options: rebuilt, against: 'live, by history' },
  'live, through three dialects in turns': { ask: byTurns, against: 'live, by history' },
  'a new process each turn, through three dialects in turns': { ask: byTurns, options: rebuilt, against: 'live, by history' },
  'a history of 210 messages, by file': { options: rebuilt, brought: 105, model: () => 'claude-sonnet-5-5' },
  'tools, calls held': { tools, calls: true },
  'tools, a new process each turn': { tools, calls: true, options: rebuilt, against: 'tools, calls held' },
  'tools that change once': { tools: (turn) => (turn < 2 ? tools() : [...tools(), 'subtract']) },
  'a model that changes, and back': { model: (turn) => (turn === 2 ? 'opus' : 'sonnet') },
  'an agent, live': { options: { settings: agent }, model: agentModel },
  'an agent, a new process each turn': { options: { ...rebuilt, settings: agent }, model: agentModel, against: 'an agent, live' },
  'a subscription, live': { subscription: true },
  'a subscription, a new process each turn': { subscription: true, options: rebuilt, against: 'a subscription, live' },
  'a subscription and tools, a new process each turn': {
    subscription: true,
    options: rebuilt,
    tools,
    calls: true,
    against: 'tools, calls held',
  },
  'a subscription, an older model, live': { subscription: true, model: () => 'claude-sonnet-4-5' },
  'a subscription, an older model, a new process each turn': {
    ...{ subscription: true, options: rebuilt, model: () => 'claude-sonnet-4-5' },
    against: 'a subscription, an older model, live',
  },
};

export interface Prompts {
  readonly bodies: readonly MessagesBody[];
  /** Of each, by a cache that works as the API's. */
  readonly usages: readonly PromptUsage[];
}

/** Takes a conversation down a path; gives what was asked upstream. */
export async function followPath(path: PromptPath, turns: number): Promise<Prompts> {
  const mock = await startMockAnthropic();
  const home = await makeTemporaryDirectory();
  const servers: TestServer[] = [];
  try {
    for (let count = path.servers ?? 1; count > 0; count -= 1) servers.push(await startOn(mock, path, home));
    if (path.calls === true) callWhenAsked(mock);
    else mock.replyWith(() => textReply(['An answer ', 'of some words.']));
    await converse(servers, path, turns);
    // On a busy machine the CLI may begin to go on by itself before it is stopped.
    const answered = mock.messages().filter(({ closedEarlyAt }) => closedEarlyAt === undefined);
    const bodies = answered.map(({ body }) => body);
    const cache = createPrefixCache();
    return { bodies, usages: bodies.map((body) => cache.use(body)) };
  } finally {
    for (const server of servers) await server.close();
    await mock.close();
    await rm(home, { recursive: true, force: true });
  }
}

function startOn(mock: MockAnthropic, { options, subscription }: PromptPath, home: string): Promise<TestServer> {
  const login = subscription === true ? subscriptionLogin(home) : {};
  return startTestServer({ ...options, environment: { ...login, ANTHROPIC_BASE_URL: mock.url } });
}

function callWhenAsked(mock: MockAnthropic): void {
  let calls = 0;
  mock.replyWith(({ body }) => {
    // What the CLI says of itself may stand behind the result.
    const last = body.messages.findLast(({ role }) => role !== 'system');
    if (JSON.stringify(last).includes('tool_result')) return textReply(['An answer ', 'of some words.']);
    calls += 1;
    return toolUseReply([{ id: `toolu_path_${calls}`, name: 'look_up', input: { what: `thing ${calls}` } }]);
  });
}

async function converse(servers: readonly TestServer[], path: PromptPath, turns: number): Promise<void> {
  const said: Said[] = Array.from({ length: path.brought ?? 0 }, (_, index): Said[] => [
    { role: 'user', text: words(`brought ${index}`, 10) },
    { role: 'assistant', text: `Answer ${index}.` },
  ]).flat();
  let conversationId: string | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    said.push({ role: 'user', text: words(`question ${turn}`, 60) });
    for (let isOver = false; !isOver;) {
      const server = servers[turn % servers.length];
      if (server === undefined) throw new Error('There is no server.');
      const ask = path.ask?.(turn) ?? askByChat;
      const asked = await ask(server, {
        ...{ system: words('system', 1200), said, conversationId },
        model: path.model?.(turn) ?? 'sonnet',
        tools: path.tools?.(turn) ?? [],
      });
      ({ conversationId } = asked);
      said.push(...asked.said);
      isOver = asked.said.at(-1)?.role === 'assistant';
    }
  }
}

/** A text of so many words, the same each time. */
function words(name: string, count: number): string {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`).join(', ');
}
