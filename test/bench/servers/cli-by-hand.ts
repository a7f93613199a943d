import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pureArguments } from '../../../packages/node/src/runner/agents/pure-launch.ts';
import { cliEnvironment } from '../../../packages/node/src/runner/process/cli-environment.ts';
import { createClientTools } from '../../../packages/node/src/runner/session/client-tools.ts';
import { newestCli } from '../../support/cli/cli-versions.ts';

export interface CliLine {
  readonly type: string;
  readonly request_id?: string;
  readonly request?: { readonly subtype: string; readonly message?: { readonly id?: number; readonly method: string } };
  readonly event?: { readonly type: string; readonly delta?: { readonly text?: string } };
  readonly response?: { readonly request_id: string };
  readonly num_turns?: number;
}

/** A CLI that is spoken to by hand, without a check of what it says: started as the gateway starts it, and told the same lines. */
export interface CliByHand {
  send(line: object): void;
  /** Is told of every line. Returns what ends that. */
  watch(listener: (line: CliLine) => void): () => void;
  /** Resolves with the next line that matches. */
  next(matches: (line: CliLine) => boolean): Promise<CliLine>;
  control(request: object): Promise<void>;
  /** Gives it what a conversation begins with, and waits until it has that. */
  begin(system: string, tools?: readonly BenchTool[]): Promise<void>;
  say(text: string, more?: object): void;
  /** Brings the result of the call that it has made last. */
  bring(result: string): void;
  close(): Promise<void>;
}

export interface BenchTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export const isCall = (line: CliLine): boolean => line.request?.message?.method === 'tools/call';
export const isText = (line: CliLine): boolean => line.event?.type === 'content_block_delta' && line.event.delta?.text !== undefined;
export const isEnd = (line: CliLine): boolean => line.type === 'result' && (line.num_turns ?? 0) > 0;

/** @param apiUrl Where the API, or what stands in for it, is. */
export function startCliByHand(apiUrl: string): CliByHand {
  const home = mkdtempSync(join(tmpdir(), 'bench-cli-'));
  const cli = spawn(newestCli.path, pureArguments('key'), {
    cwd: home,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environmentOf(apiUrl, home),
  });
  const ended = new Promise<void>((resolve) => {
    cli.once('exit', () => resolve());
  });
  const listeners = new Set<(line: CliLine) => void>();
  let rest = '';
  cli.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as CliLine;
      for (const listener of listeners) listener(message);
    }
  });

  const send = (line: object): void => void cli.stdin.write(`${JSON.stringify(line)}\n`);
  const watch = (listener: (line: CliLine) => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const next = (matches: (line: CliLine) => boolean): Promise<CliLine> =>
    new Promise((resolve) => {
      const leave = watch((line) => {
        if (!matches(line)) return;
        leave();
        resolve(line);
      });
    });
  const answer = (line: CliLine, result: object): void =>
    send({
      type: 'control_response',
      response: {
        subtype: 'success',
        request_id: line.request_id,
        response: { mcp_response: { jsonrpc: '2.0', id: line.request?.message?.id ?? 0, result } },
      },
    });
  let call: CliLine | undefined;
  watch((line) => {
    if (isCall(line)) call = line;
    else if (line.type === 'control_request') answer(line, {});
  });

  async function control(request: object): Promise<void> {
    const requestId = randomUUID();
    const answered = next((line) => line.response?.request_id === requestId);
    send({ type: 'control_request', request_id: requestId, request });
    await answered;
  }

  return {
    send,
    watch,
    next,
    control,
    async begin(system, tools = []) {
      const listed = tools.map(({ parameters: inputSchema, ...tool }) => ({ ...tool, inputSchema, strict: false }));
      const { initialize } = createClientTools({ send, failure: undefined }, listed);
      await control({ subtype: 'initialize', systemPrompt: system === '' ? [] : [system], ...initialize });
      await control({ subtype: 'apply_flag_settings', settings: settingsFor(tools) });
    },
    say(text, more = {}) {
      const message = { role: 'user', content: [{ type: 'text', text }] };
      send({ type: 'user', message, parent_tool_use_id: null, session_id: '', uuid: randomUUID(), client_composed: true, ...more });
    },
    bring(result) {
      if (call !== undefined) answer(call, { content: [{ type: 'text', text: result }] });
    },
    async close() {
      process.kill(-(cli.pid ?? 0), 'SIGKILL');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function environmentOf(apiUrl: string, home: string): Record<string, string> {
  const own = { PATH: process.env['PATH'], HOME: home, ANTHROPIC_API_KEY: 'sk-ant-bench-key', ANTHROPIC_BASE_URL: apiUrl };
  return cliEnvironment({ environment: own, login: 'key', temporaryDirectory: home, configDirectory: home, maxRetries: 2 });
}

function settingsFor(tools: readonly BenchTool[]): object {
  const listed = tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }));
  const body = listed.length > 0 ? { tools: listed } : {};
  return { model: 'sonnet', env: { CLAUDE_CODE_EXTRA_BODY: JSON.stringify(body), CLAUDE_CODE_EXTRA_METADATA: '{}' } };
}
