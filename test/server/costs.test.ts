import type { TurnEvent, Usage } from '@claude-code-api/gateway';
import { createCliRunner, type CliRunnerOptions } from '@claude-code-api/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMockAnthropic, textReply, type MockAnthropic, type ReplyOptions } from '@claude-code-api/mock-anthropic';
import { agentProfileOf } from '../support/servers/agent-profile-of.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { startCliReckoning, type CliReckoning } from '../support/cli/start-cli-reckoning.ts';
import { silentLogger } from '../support/silent-logger.ts';

/** Beside those that the CLI lists: all whose price is in the list, by their full names. */
const names = [
  ...['claude-3-5-haiku-20241022', 'claude-haiku-4-5-20251001', 'claude-haiku-5-5'],
  ...['claude-3-5-sonnet-20241022', 'claude-3-7-sonnet-20250219', 'claude-sonnet-4-20250514', 'claude-sonnet-4-5-20250929'],
  ...['claude-sonnet-4-6', 'claude-sonnet-5', 'claude-sonnet-5-5'],
  ...['claude-opus-4-20250514', 'claude-opus-4-1-20250805', 'claude-opus-4-5-20251101', 'claude-opus-4-6', 'claude-opus-4-7'],
  ...['claude-opus-4-8', 'claude-opus-5', 'claude-opus-5-5'],
  ...['claude-fable-5', 'claude-fable-5-1', 'claude-fable-5-2', 'claude-mythos-5', 'claude-mythos-5-1', 'claude-mythos-5-2'],
];

const short = { input_tokens: 1013, output_tokens: 211, cache_creation_input_tokens: 307, cache_read_input_tokens: 503 };
const tiered = { ...short, cache_creation: { ephemeral_5m_input_tokens: 106, ephemeral_1h_input_tokens: 201 } };

let mock: MockAnthropic;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
afterAll(() => mock.close());

function start(options: Partial<CliRunnerOptions> = {}) {
  return createCliRunner({
    cli: newestCli,
    logger: silentLogger,
    environment: mockEnvironment(mock.url),
    maxRetries: 0,
    processes: { minIdle: 0, maxIdle: 0, maxLive: 0 },
    profiles: { agent: agentProfileOf() },
    ...options,
  });
}

function toUsage(usage: Partial<typeof tiered>): Usage {
  return {
    inputTokens: usage.input_tokens ?? 0,
    reasoningTokens: 0,
    outputTokens: usage.output_tokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
    cacheWriteHourTokens: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
  };
}

/** What a turn cost; an agent's turn ends with the CLI's own reckoning. */
async function costOf(runner: ReturnType<typeof start>, model: string, profile?: string): Promise<number | undefined> {
  const turn = {
    ...(profile !== undefined && { profile }),
    model,
    system: [],
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }],
    tools: [],
    sampling: {},
    thinking: { type: 'off' as const },
    tenant: 'tenant',
  };
  const events: TurnEvent[] = [];
  for await (const event of runner.run(turn, new AbortController().signal)) events.push(event);
  const usage = events.find((event) => event.type === 'usage');
  expect(usage, `the usage of ${model}`).toBeDefined();
  return usage?.costUsd;
}

describe('what a plain turn costs is what the CLI says that it costs', () => {
  let runner: ReturnType<typeof start>;
  let cli: CliReckoning;
  beforeAll(async () => {
    runner = start();
    cli = await startCliReckoning(mock.url);
  });
  afterAll(() => Promise.all([runner.close(), cli.close()]));

  /** A turn reckons as the runner does when it is asked, so that it takes one where that is what is tested, and where nobody says the tiers. */
  async function check(model: string, usage: NonNullable<ReplyOptions['usage']>, isTurn = false): Promise<void> {
    mock.replyWith(() => textReply('Hi', { usage }));
    const own = isTurn ? await costOf(runner, model) : runner.costOf?.(model, toUsage(usage));
    expect(own, model).toBeGreaterThan(0);
    expect(own, model).toBeCloseTo(await cli.costOf(model), 9);
  }

  test('of the models that the CLI lists', async () => {
    const models = await runner.models();
    expect(models.length).toBeGreaterThan(2);
    for (const { id } of models) await check(id, tiered);
  });

  test.each(names)('of %s', (name) => check(name, tiered));

  test.each([99_000, 100_000 - 307 - 503, 100_001 - 307 - 503, 1_000_000])(
    'with a prompt of %i tokens beside the cache',
    async (tokens) => {
      await check('claude-haiku-5-5', { ...tiered, input_tokens: tokens });
      await check('claude-opus-5-5', { ...tiered, input_tokens: tokens });
    },
  );

  test('of a name that stands for another', () => check('opus', tiered, true));

  test('with searches that Anthropic has done', () =>
    check('claude-sonnet-5-5', { ...tiered, server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 } }, true));

  test('where the API does not say how long the cache is kept', () => check('sonnet', short, true));

  test('and what an agent’s turn costs', async () => {
    mock.replyWith(() => textReply('Hi', { usage: tiered }));
    expect(await costOf(runner, 'sonnet', 'agent')).toBeCloseTo(await cli.costOf('sonnet'), 9);
  });
});

test('a model that nobody knows costs what it is said to cost, or nothing that could be told', async () => {
  mock.replyWith(() => textReply('Hi', { usage: short }));
  const runner = start({ prices: { 'claude-next-9': { input: 1000, output: 0, cacheRead: 0, cacheWrite: 0 } } });
  try {
    expect(await costOf(runner, 'claude-next-9')).toBeCloseTo(1.013, 9);
    expect(await costOf(runner, 'claude-other-9')).toBeUndefined();
  } finally {
    await runner.close();
  }
});
