/**
 * A whole server in a process of its own, where Claude says what it was asked to say: the text of the last message. Takes settings as
 * JSON, prints its URL.
 */
import { createServer, loadSettings } from '@claude-code-api/node';
import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import { silentLogger as logger } from '../support/silent-logger.ts';

const flags = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const server = await createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', ...flags } }), {
  runner: createScriptedRunner({
    script(turn, signal) {
      const texts = turn.messages.at(-1)?.content.map((block) => (block.type === 'text' ? block.text : '')) ?? [];
      return textScript([texts.join('')])(turn, signal);
    },
    keepTurns: false,
  }),
  logger,
});
console.log(server.url);
