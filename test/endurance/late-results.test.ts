import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { toolUseReply } from '@claude-code-api/mock-anthropic';
import { newestCli, minimumCli } from '../support/cli/cli-versions.ts';
import { startTestServer } from '../support/servers/start-test-server.ts';
import { isLong } from './is-long.ts';
import { processOf, result, toolChat, user } from '../support/chat/tool-chat.ts';

const question = user('What is the weather?');
/** A minute is where clocks of the CLI and of HTTP end; the short form sees that a call is held at all. */
const seconds = isLong ? 65 : 3;

test.each([newestCli, minimumCli])(
  `results after ${seconds} seconds, with CLI $version`,
  { timeout: 120_000, concurrent: true },
  async (cli) => {
    const server = await startTestServer({ cli, runner: { minIdle: 0 } });
    try {
      server.mock.reply(toolUseReply([{ id: 'toolu_slow', name: 'get_weather', input: {} }]));
      const { message, request } = await toolChat(server, [question]);
      await wait(seconds * 1000);
      expect(server.mock.messages()).toHaveLength(1);
      const answered = await toolChat(server, [question, message, result('toolu_slow', '3 degrees')]);
      expect(answered.message.content).toBe('Hello world');
      expect(processOf(answered.request)).toBe(processOf(request));
    } finally {
      await server.close();
    }
  },
);
