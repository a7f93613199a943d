import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textReply, toolUseReply, type RecordedMessages, type Reply } from '@claude-code-api/mock-anthropic';
import { makeKeys } from '../support/servers/make-keys.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

/** Some 10,000 tokens, for two cents. */
const long = 'word '.repeat(8000);
const names = ['early', 'early-stream', 'late', 'steps', 'delegating'];
const { keys, settings } = makeKeys({
  // What a test that failed has used is nothing to its next try, which has another key.
  ...Object.fromEntries(
    names.flatMap((name) => [1, 2].map((attempt) => [`${name}-${attempt}`, { usd_per_day: 0.03, profiles: ['reader', 'delegate'] }])),
  ),
  dollars: { usd_per_month: 100 },
  tokens: { tokens_per_day: 1_000_000 },
});

let server: TestServer;
let directory: string;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  await mkdir(join(directory, 'work'));
  await writeFile(join(directory, 'work', 'notes.txt'), 'word '.repeat(2000));
  server = await startTestServer({
    settings: {
      ...settings,
      'cache.enabled': 'false',
      'models.aliases': '{"cheap": "claude-unheard-of-9"}',
      'profiles.reader': JSON.stringify({ tools: ['Read'], working_directory: join(directory, 'work') }),
      'profiles.delegate': JSON.stringify({ tools: ['Agent', 'Read'], working_directory: join(directory, 'work') }),
      'claude.first_event_timeout_seconds': '20',
    },
    runner: { maxLive: 0 },
  });
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => server.mock.reset());

const chat = (name: string, body: object, signal?: AbortSignal): Promise<Response> =>
  server.chat(
    { model: 'sonnet', messages: [{ role: 'user', content: long }], ...body },
    { headers: { authorization: `Bearer ${keys[name]}` }, ...(signal !== undefined && { signal }) },
  );

describe('a model whose price nobody knows', () => {
  test.each(['claude-unheard-of-9', 'cheap', 'us.anthropic.claude-unheard-of-9-v1:0'])(
    'is refused to a key with a limit in dollars: %s',
    async (model) => {
      const refused = await chat('dollars', { model });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { code: 'model_price_unknown', param: 'model' } });
      expect((await chat('dollars', { model, stream: true })).status).toBe(400);
      expect(server.mock.messages()).toEqual([]);
    },
  );

  test('is served to others, and known ones to all', async () => {
    expect((await chat('tokens', { model: 'cheap' })).status).toBe(200);
    for (const model of ['sonnet', 'opus', 'haiku', 'claude-sonnet-4-5-20250929'])
      expect((await chat('dollars', { model })).status).toBe(200);
  });

  test('is told of at the start, where it is listed', async () => {
    const warnings: unknown[] = [];
    const logger = { ...silentLogger, warn: (fields: object, message: string) => void warnings.push([message, fields]) };
    const limited = makeKeys({ dollars: { usd_per_month: 100 } });
    const scripted = await startScriptedTestServer(
      { ...limited.settings, 'models.aliases': '{"cheap": "claude-unheard-of-9"}' },
      { logger },
    );
    await until(() => warnings.length > 0, 'a warning');
    await scripted.close();
    expect(warnings).toEqual([[expect.stringContaining('price'), { models: ['sonnet', 'claude-unheard-of-9'] }]]);
  });
});

describe('a turn that is left', () => {
  const attempts = new Map<string, number>();
  const countEnded = (): number => server.log.filter(({ fields }) => fields['outcome'] === 'left').length;

  /** Leaves turn after turn; the first refusal ends it. */
  async function leaveUntilRefused(
    name: string,
    body: object,
    reply: () => Reply,
    isUnderway: (sent: readonly RecordedMessages[]) => boolean,
  ): Promise<number> {
    attempts.set(name, (attempts.get(name) ?? 0) + 1);
    const key = `${name}-${attempts.get(name)}`;
    for (let left = 0; left < 8; left += 1) {
      server.mock.reset();
      server.mock.replyWith(reply);
      const leaving = new AbortController();
      const asked = chat(key, body, leaving.signal).then(
        ({ status }) => status,
        () => 0,
      );
      let status: number | undefined;
      void asked.then((told) => (status = told === 200 ? undefined : told));
      await until(() => status !== undefined || isUnderway(server.mock.messages()), 'the turn');
      if (status === 429) return left;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const ended = countEnded();
      leaving.abort();
      await asked;
      // What it has used is counted before it is told of.
      await until(() => countEnded() > ended, 'the end of the turn');
    }
    throw new Error('Its budget never ended.');
  }

  test.each([
    ['early', false],
    ['early-stream', true],
  ])('before the model has begun counts its input: %s', async (name, stream) => {
    const refusedAfter = await leaveUntilRefused(
      name,
      { stream },
      () => textReply(['Hi'], { delayMs: 15_000 }),
      (sent) => sent.length > 0,
    );
    expect(refusedAfter).toBe(2);
  });

  test('in mid-answer counts its input as the API has told it', async () => {
    const reply = (): Reply => textReply(['Hi', 'there'], { chunkDelayMs: 15_000, usage: { input_tokens: 10_000 } });
    expect(await leaveUntilRefused('late', { stream: true }, reply, (sent) => sent.length > 0)).toBe(2);
  });

  test('in the last of many steps of an agent counts all of them', async () => {
    let step = 0;
    const reply = (): Reply => {
      step += 1;
      const usage = { input_tokens: 4000, output_tokens: 10 };
      if (step % 4 === 0) return textReply(['Hi'], { delayMs: 15_000, usage });
      return toolUseReply([{ id: `toolu_b${step}`, name: 'Read', input: { file_path: join(directory, 'work', 'notes.txt') } }], { usage });
    };
    const body = { model: 'reader/sonnet', stream: true, messages: [{ role: 'user', content: 'Read it.' }] };
    expect(await leaveUntilRefused('steps', body, reply, (sent) => sent.length > 3)).toBe(2);
  });

  test('while a subagent works counts what that has used', async () => {
    let step = 0;
    const reply = (): Reply => {
      step += 1;
      if (step % 3 === 1) {
        const input = { description: 'Read', prompt: 'Read it.', subagent_type: 'general-purpose', run_in_background: false };
        return toolUseReply([{ id: `toolu_a${step}`, name: 'Agent', input }], { usage: { input_tokens: 10, output_tokens: 10 } });
      }
      if (step % 3 === 0) return textReply(['Hi'], { delayMs: 15_000 });
      const input = { file_path: join(directory, 'work', 'notes.txt') };
      return toolUseReply([{ id: `toolu_b${step}`, name: 'Read', input }], { usage: { input_tokens: 10_000, output_tokens: 10 } });
    };
    const body = { model: 'delegate/sonnet', stream: true, messages: [{ role: 'user', content: 'Have it read.' }] };
    expect(await leaveUntilRefused('delegating', body, reply, (sent) => sent.length > 2)).toBe(2);
  });
});
