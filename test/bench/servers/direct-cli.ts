import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newestCli } from '../../support/cli/cli-versions.ts';

interface Line {
  readonly type: string;
  readonly request_id?: string;
  readonly request?: { readonly subtype: string; readonly message?: { readonly id?: number; readonly method: string } };
  readonly event?: { readonly type: string };
  readonly response?: { readonly request_id: string };
  readonly num_turns?: number;
}

/** The CLI spoken to by hand: what the gateway is measured against. */
export interface DirectCli {
  control(request: object): Promise<void>;
  /** Gives it its system prompt and settings, as the gateway does with a process for a new conversation. */
  begin(system: string): Promise<void>;
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

/** The tool of the benchmark, as MCP tells it. */
const tool = {
  name: 'look_up',
  description: 'Looks something up.',
  inputSchema: { type: 'object', properties: {} },
  annotations: { readOnlyHint: true },
};

const launch = [
  ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
  ...[
    '--bare',
    '--tools',
    '',
    '--setting-sources',
    '',
    '--strict-mcp-config',
    '--no-session-persistence',
    '--disable-slash-commands',
    '--allowedTools',
    'mcp__client',
  ],
];

/** Starts the same binary as the gateway does, with the same switches, against the same API. */
export function startDirectCli(apiUrl: string): DirectCli {
  const home = mkdtempSync(join(tmpdir(), 'bench-cli-'));
  const cli = spawn(newestCli.path, launch, {
    cwd: home,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      ANTHROPIC_API_KEY: 'sk-ant-bench-key',
      ANTHROPIC_BASE_URL: apiUrl,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_EFFORT_LEVEL: 'unset',
      CLAUDE_CODE_DISABLE_THINKING: '1',
      CLAUDE_AGENT_SDK_MCP_NO_PREFIX: '1',
      ENABLE_TOOL_SEARCH: 'false',
    },
  });
  const ended = new Promise<void>((resolve) => {
    cli.once('exit', () => resolve());
  });
  const watchers = new Set<(line: Line) => void>();
  let rest = '';
  cli.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Line;
      for (const watch of watchers) watch(message);
    }
  });

  const send = (line: object): boolean => cli.stdin.write(`${JSON.stringify(line)}\n`);
  const seen = (matches: (line: Line) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (line: Line): void => {
        if (!matches(line)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
    });

  const control = async (request: object): Promise<void> => {
    const requestId = randomUUID();
    const answered = seen((line) => line.response?.request_id === requestId);
    send({ type: 'control_request', request_id: requestId, request });
    await answered;
  };
  const ask = (text: string, more: object = {}): boolean => send({ ...userLine(text), ...more });
  const answer = (line: Line, result: object): boolean =>
    send({
      type: 'control_response',
      response: {
        subtype: 'success',
        request_id: line.request_id,
        response: { mcp_response: { jsonrpc: '2.0', id: line.request?.message?.id ?? 0, result } },
      },
    });
  let heldCall: Line | undefined;
  watchers.add((line) => {
    const method = line.request?.message?.method;
    if (method === 'tools/call') heldCall = line;
    else if (method === 'tools/list') answer(line, { tools: [tool] });
    else if (method === 'initialize')
      answer(line, { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'client', version: '1' } });
    else if (method !== undefined) answer(line, {});
  });

  return {
    control,
    async begin(system) {
      await control({ subtype: 'initialize', systemPrompt: [system] });
      await control({ subtype: 'apply_flag_settings', settings: { model: 'sonnet', env: { CLAUDE_CODE_EXTRA_BODY: '{}' } } });
    },
    async append(exchanges) {
      for (const [question, text] of exchanges) {
        const taken = seen((line) => line.type === 'result');
        ask(question, { shouldQuery: false });
        await taken;
        send(assistantLine(text));
      }
    },
    async ask(text) {
      const begin = performance.now();
      const first = seen((line) => line.event?.type === 'content_block_delta');
      const end = seen((line) => line.type === 'result' && (line.num_turns ?? 0) > 0);
      ask(text);
      await first;
      const milliseconds = performance.now() - begin;
      await end;
      return milliseconds;
    },
    async callTool(text) {
      const called = seen((line) => line.request?.message?.method === 'tools/call');
      ask(text);
      await called;
      // As long as a tool takes: a process that has just been at work is quicker than one that has waited.
      await sleep(toolMs);
      const begin = performance.now();
      const first = seen((line) => line.event?.type === 'content_block_delta');
      const end = seen((line) => line.type === 'result');
      if (heldCall !== undefined) answer(heldCall, { content: [{ type: 'text', text: 'found' }] });
      await first;
      const milliseconds = performance.now() - begin;
      await end;
      return milliseconds;
    },
    async close() {
      process.kill(-(cli.pid ?? 0), 'SIGKILL');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function userLine(text: string): object {
  return {
    type: 'user',
    message: { role: 'user', content: [{ type: 'text', text }] },
    parent_tool_use_id: null,
    session_id: '',
    uuid: randomUUID(),
    client_composed: true,
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
