import { scriptConversation } from '../chat/script-conversation.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

/** A server for real clients: the model behind it answers by what it is asked. */
export async function startClientServer(): Promise<TestServer> {
  const server = await startTestServer();
  server.mock.replyWith(scriptConversation);
  return server;
}
