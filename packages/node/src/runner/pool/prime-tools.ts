import type { Tool } from '@claude-code-api/gateway';
import type { CliProcess } from '../process/cli-process.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import { createClientTools } from '../session/client-tools.ts';

const serverName = 'prime';
const tool: Tool = { name: 'prime', description: '', inputSchema: { type: 'object' }, strict: false };
/** The longest wait for the CLI to ask for the list of tools. */
const patienceMs = 2000;

/**
 * Makes what has a fresh process do once what it does for a caller's tools, with a server that is taken away again: what the CLI loads for that, once, takes
 * longer than the tools themselves. Nothing of it is left; a process of which that can't be said fails. Where a CLI does not know how, it is not asked again.
 */
export function createToolPrimer(): (fresh: CliProcess) => Promise<void> {
  let isKnown = true;

  async function prime(fresh: CliProcess): Promise<void> {
    const listed = connect(fresh);
    try {
      await fresh.control({ subtype: 'mcp_set_servers', servers: { [serverName]: { type: 'sdk', name: serverName } } });
    } catch (error) {
      isKnown = false;
      if (error instanceof CliProcessError && error.kind === 'refused') return;
      throw error;
    }
    try {
      await listed;
      await fresh.control({ subtype: 'mcp_set_servers', servers: {} });
    } catch (error) {
      isKnown = false;
      void fresh.stop();
      throw error;
    }
  }

  return async (fresh) => {
    // Whoever has taken it does not wait for more.
    if (!isKnown || fresh.listener !== undefined) return;
    const priming = prime(fresh).finally(() => {
      fresh.listener = undefined;
      fresh.busy = undefined;
    });
    fresh.busy = priming.catch(() => {});
    await priming;
  };
}

/** Answers the CLI as a server of one tool. Resolves when it has asked for all. */
function connect(fresh: CliProcess): Promise<void> {
  const tools = createClientTools(fresh, [tool]);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    fresh.listener = {
      onMessage(message) {
        if (message.type !== 'control_request') return;
        tools.handle(message);
        if (methodOf(message.request['message']) === 'tools/list') end();
      },
      onEnd: end,
    };
  });
}

function methodOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'method' in message ? message.method : undefined;
}
