import { createGateway, GatewayError, type ClaudeRunner, type Turn, type TurnEvent, type Usage } from '@claude-code-api/gateway';
import { textBlock } from '@claude-code-api/gateway/runner-kit';

const usage: Usage = {
  inputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
};

/** The smallest runner there is: it says what it is told. Everything about the wire is the gateway's. */
export function createEchoRunner(): ClaudeRunner {
  let isClosed = false;
  return {
    specificationVersion: 1,
    async *run(turn: Turn, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
      signal.throwIfAborted();
      if (isClosed) throw new GatewayError('The echo has faded.', { status: 503, code: 'shutting_down' });
      yield { type: 'turn-start', model: turn.model, usage };
      const heard = turn.messages.at(-1)?.content ?? [];
      yield* textBlock(
        0,
        heard.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
      );
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
    models: async () => [{ id: 'echo', resolvedId: 'echo', displayName: 'Echo' }],
    health: async () => ({ healthy: true, details: {} }),
    async close() {
      isClosed = true;
    },
  };
}

/** A pure Hono app: `export default` it on Bun, Deno or a worker, or give its `fetch` to any server. */
export const app = createGateway({ runner: createEchoRunner() });
