import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { createCommandPlace } from '../../support/servers/start-command.ts';
import { spokenReply } from '../spoken-reply.ts';

/** A gateway in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** The stand-in for the API behind it, in this process. */
  readonly mock: MockAnthropic;
  close(): Promise<void>;
}

/**
 * Starts the command as it is installed, as callers have it: what they and the API do takes no time from it.
 *
 * @param settings As on the command line: `{ 'claude.max_live_processes': '2' }`.
 */
export async function startServerProcess(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const mock = await startMockAnthropic();
  mock.replyWith(() => spokenReply('Hello', ' wor', 'ld'));
  const place = createCommandPlace(mock.url, {});
  const given = { 'server.port': '0', 'log.level': 'warn', 'claude.command': newestCli.path, ...settings };
  const { url } = await place.serve(Object.entries(given).map(([name, value]) => `--${name}=${value}`));
  return {
    url,
    mock,
    async close() {
      await place.remove();
      await mock.close();
    },
  };
}
