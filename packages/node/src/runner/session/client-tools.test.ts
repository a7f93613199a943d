import type { ToolResultBlock } from '@claude-code-api/gateway';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClientTools, type ClientTools } from './client-tools.ts';

const tool = { name: 'Bash', description: 'Runs nothing.', inputSchema: { type: 'object', properties: {} }, strict: false };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start(): { tools: ClientTools; sent: unknown[]; call: (id: string) => void } {
  const sent: unknown[] = [];
  const cli = { failure: undefined, send: (line: object) => void sent.push(line) };
  const tools = createClientTools(cli, [tool]);
  return {
    tools,
    sent,
    call: (id) =>
      tools.handle(request({ id, method: 'tools/call', params: { _meta: { 'claudecode/toolUseId': id } } }, `request of ${id}`)),
  };
}

function request(message: unknown, requestId = 'r'): Parameters<ClientTools['handle']>[0] {
  return { type: 'control_request', request_id: requestId, request: { subtype: 'mcp_message', server_name: 'client', message } };
}

function response(requestId: string, mcpResponse: object): object {
  return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response: { mcp_response: mcpResponse } } };
}

function result(id: string): ToolResultBlock {
  return { type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: `result of ${id}` }] };
}

function delivered(id: string): object {
  return response(`request of ${id}`, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: `result of ${id}` }] } });
}

test('the CLI is told the names, and nothing else of the tools', () => {
  const { tools, sent } = start();
  expect(JSON.stringify(tools.initialize)).not.toContain('Runs nothing.');
  tools.handle(request({ id: 1, method: 'tools/list' }));
  const listed = {
    name: 'Bash',
    description: '',
    inputSchema: { type: 'object' },
    annotations: { readOnlyHint: true },
    _meta: { 'anthropic/maxResultSizeChars': 500_000 },
  };
  expect(sent).toEqual([response('r', { jsonrpc: '2.0', id: 1, result: { tools: [listed] } })]);
});

test('everything is answered: the handshake, what is not known, and what is not understood', () => {
  const { tools, sent } = start();
  tools.handle(request({ id: 0, method: 'initialize', params: { protocolVersion: '2030-01-01' } }));
  tools.handle(request({ method: 'notifications/initialized' }));
  tools.handle(request('nonsense'));
  tools.handle({ type: 'control_request', request_id: 'r', request: { subtype: 'can_use_tool' } });
  const refused = { type: 'control_response', response: { subtype: 'error', request_id: 'r', error: 'not supported' } };
  expect(sent).toEqual([
    response('r', {
      jsonrpc: '2.0',
      id: 0,
      result: { protocolVersion: '2030-01-01', capabilities: { tools: {} }, serverInfo: { name: 'client', version: '1' } },
    }),
    response('r', { jsonrpc: '2.0', id: 0, result: {} }),
    refused,
    refused,
  ]);
});

test('results go out one by one, in the order in which they came, each when the CLI has the one before', () => {
  const { tools, sent, call } = start();
  call('a');
  call('b');
  tools.answer([result('b'), result('c'), result('a')]);
  expect(sent).toEqual([delivered('b')]);
  tools.confirm(['x', 'a']);
  tools.confirm(['b']);
  expect(sent).toEqual([delivered('b')]);
  call('c');
  expect(sent).toEqual([delivered('b'), delivered('c')]);
  tools.confirm(['c']);
  tools.confirm(['a']);
  expect(sent).toEqual([delivered('b'), delivered('c'), delivered('a')]);
  vi.runAllTimers();
  expect(sent).toHaveLength(3);
});

test('a CLI that does not confirm, or makes another call first, gets what there is after a second', () => {
  const { tools, sent, call } = start();
  call('a');
  call('b');
  tools.answer([result('c'), result('a'), result('b')]);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([delivered('a'), delivered('b')]);
  call('c');
  expect(sent).toEqual([delivered('a'), delivered('b'), delivered('c')]);
  vi.runAllTimers();
  expect(sent).toHaveLength(3);
});
