import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCall, isEnd, isText, startCliByHand, type BenchTool } from './cli-by-hand.ts';

/** The CLI spoken to by hand: what the gateway is measured against. */
export interface DirectCli {
  /** Gives it its system prompt, tools and settings, as the gateway does with a process for a new conversation. */
  begin(system: string, tools?: readonly BenchTool[]): Promise<void>;
  /** Appends earlier exchanges: what the user said, and the answer to it. */
  append(exchanges: readonly (readonly [question: string, answer: string])[]): Promise<void>;
  /** Sends a user message; resolves with the milliseconds to the first text, once the turn has ended. */
  ask(text: string): Promise<number>;
  /** Sends a user message that the model answers with a call; then its result; resolves with the milliseconds from that to the first text. */
  callTool(text: string): Promise<number>;
  close(): Promise<void>;
}

/** How long the benchmark's tool takes, in milliseconds. */
export const toolMs = 100;

/** Starts the same binary as the gateway does, with the same switches, against the same API. */
export function startDirectCli(apiUrl: string): DirectCli {
  const cli = startCliByHand(apiUrl);

  async function timed(send: () => void): Promise<number> {
    const begin = performance.now();
    const first = cli.next(isText);
    const end = cli.next(isEnd);
    send();
    await first;
    const milliseconds = performance.now() - begin;
    await end;
    return milliseconds;
  }

  return {
    begin: (system, tools) => cli.begin(system, tools),
    async append(exchanges) {
      for (const [question, text] of exchanges) {
        const taken = cli.next((line) => line.type === 'result');
        cli.say(question, { shouldQuery: false });
        await taken;
        cli.send(assistantLine(text));
      }
    },
    ask: (text) => timed(() => cli.say(text)),
    async callTool(text) {
      const called = cli.next(isCall);
      cli.say(text);
      await called;
      // As long as a tool takes: a process that has just been at work is quicker than one that has waited.
      await sleep(toolMs);
      return timed(() => cli.bring('found'));
    },
    close: () => cli.close(),
  };
}

function assistantLine(text: string): object {
  const uuid = randomUUID();
  const message = {
    id: `msg_${uuid}`,
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
  return { type: 'assistant', uuid, parent_tool_use_id: null, session_id: '', message };
}
