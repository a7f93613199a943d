import { scriptConversation } from '../chat/script-conversation.ts';
import { newestCli } from '../cli/cli-versions.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts';

/** A server for real clients: the model behind it answers by what it is asked. */
export async function startClientServer({ cli = newestCli }: Pick<TestServerOptions, 'cli'> = {}): Promise<TestServer> {
  const server = await startTestServer({ cli });
  server.mock.replyWith(scriptConversation);
  return server;
}
