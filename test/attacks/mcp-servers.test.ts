import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpConnector, type RunningServer } from '@claude-code-api/node';
import type { LogFields, Logger, TurnEvent } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const noUsage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const secret = 'HUSH-SECRET';

interface Rpc {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}
interface Item {
  readonly id: string;
  readonly type: string;
  readonly error?: string | null;
}
interface Reply {
  readonly id: string;
  readonly output: readonly Item[];
  readonly error: { readonly message: string; readonly code: string } | null;
}
/** What the server makes of what it is asked; undefined for its usual answer. */
type Trick = (rpc: Rpc, response: ServerResponse) => boolean;

let mcp: Server;
let port: number;
let trick: Trick = () => false;
let asked: string[] = [];
let calls: (string | undefined)[] = [];
let tools: object[] = [];
const logged: string[] = [];

const tool = (name: string, more: object = {}): object => ({ name, description: name, inputSchema: { type: 'object' }, ...more });
const answer: RequestListener = (request, response) => void respond(request, response);

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push(`${request.method} ${request.url}`);
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const rpc = JSON.parse(Buffer.concat(chunks).toString()) as Rpc;
  if (rpc.method === 'tools/call') calls.push(rpc.params?.name);
  if (trick(rpc, response)) return;
  if (rpc.id === undefined) return void response.writeHead(202).end();
  send(response, rpc, toResult(rpc));
}

function toResult({ method, params }: Rpc): object {
  if (method === 'initialize')
    return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } };
  return method === 'tools/list' ? { tools } : { content: [{ type: 'text', text: `done ${params?.name}` }] };
}

function send(response: ServerResponse, { id }: Rpc, result: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

/** Says what was asked for: `call a b` calls tools. */
function* script(text: string): Generator<TurnEvent> {
  const names = text.startsWith('call ') ? text.slice(5).split(' ') : [];
  yield { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
  for (const [index, name] of names.entries()) {
    yield { type: 'block-start', index, block: { type: 'tool_use', id: `toolu_${name}`, name } };
    yield { type: 'input-delta', index, json: '{}' };
    yield { type: 'block-end', index };
  }
  if (names.length === 0) {
    yield { type: 'block-start', index: 0, block: { type: 'text' } };
    yield { type: 'text-delta', index: 0, text: 'Done.' };
    yield { type: 'block-end', index: 0 };
  }
  yield { type: 'usage', usage: noUsage };
  yield { type: 'turn-end', reason: names.length > 0 ? 'tool_use' : 'end_turn' };
}

const { keys, settings } = makeKeys({ alice: {}, bob: {} });
const runner = createScriptedRunner({
  script(turn) {
    const last = turn.messages.at(-1)?.content.at(-1);
    return script(last?.type === 'text' ? last.text : '');
  },
});
const connector = createMcpConnector({
  isAllowed: (address) => address === '127.0.0.1',
  connectTimeoutMs: 4000,
  callTimeoutMs: 4000,
  maxBytes: 4_000_000,
});
let open: RunningServer;
let guarded: RunningServer;

beforeAll(async () => {
  mcp = createServer(answer);
  await new Promise<void>((resolve) => void mcp.listen(0, '127.0.0.1', resolve));
  port = (mcp.address() as AddressInfo).port;
  const record = (fields: LogFields, message: string): void =>
    void logged.push(
      message,
      JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? `${value.stack} ${String(value.cause)}` : value)),
    );
  const logger: Logger = { debug: record, info: record, warn: record, error: record };
  open = await startScriptedTestServer({ ...settings, 'log.content': 'true' }, { runner, logger, mcp: connector });
  guarded = await startScriptedTestServer({ ...settings, 'server.allow_mcp_urls': 'true' }, { runner, logger });
});
afterAll(async () => {
  await Promise.all([open.close(), guarded.close()]);
  await connector.close();
  mcp.closeAllConnections();
  mcp.close();
});
beforeEach(() => {
  trick = () => false;
  asked = [];
  calls = [];
  tools = [tool('read'), tool('write')];
});

const serverTool = (more: object = {}): object => ({
  ...{ type: 'mcp', server_label: 'd', server_url: `http://127.0.0.1:${port}/mcp?key=${secret}`, require_approval: 'never' },
  ...{ authorization: secret, headers: { 'x-key': secret } },
  ...more,
});

async function ask(
  body: object,
  { server = open, key = 'alice' } = {},
): Promise<{ readonly status: number; readonly body: Reply; readonly text: string }> {
  const response = await callWithKey(`${server.url}/v1/responses`, keys[key], { model: 'sonnet', tools: [serverTool()], ...body });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Reply) : { id: '', output: [], error: null } };
}

describe('nothing but the public internet is asked', () => {
  test.each([
    ...['127.0.0.1', 'localhost', '127.1', '2130706433', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '127.0.0.1.', 'user:pw@127.0.0.1'],
  ])('this machine: %s', async (host) => {
    const { status, text } = await ask(
      { input: 'hi', tools: [serverTool({ server_url: `http://${host}:${port}/mcp` })] },
      { server: guarded },
    );
    expect([400, 424], text).toContain(status);
    expect(asked).toEqual([]);
    expect(text).not.toMatch(/ECONN|socket|lookup|at /);
  });

  test.each([
    'http://169.254.169.254/',
    'http://10.0.0.1/',
    'https://[fd12::1]/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'no url',
    'unix:/x',
  ])('elsewhere: %s', async (url) => {
    const { status, text } = await ask({ input: 'hi', tools: [serverTool({ server_url: url })] }, { server: guarded });
    expect([400, 424], text).toContain(status);
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) leads nowhere else, and takes no secret along', async (status) => {
    let reached = 0;
    const inner = createServer((_, response) => {
      reached += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => void inner.listen(0, '127.0.0.1', resolve));
    const { port: innerPort } = inner.address() as AddressInfo;
    for (const place of [`http://127.0.0.1:${innerPort}/`, `http://localhost:${innerPort}/`, 'http://169.254.169.254/']) {
      trick = (_, response) => {
        response.writeHead(status, { location: place }).end();
        return true;
      };
      expect((await ask({ input: 'hi' })).status).toBe(424);
    }
    expect(reached).toBe(0);
    inner.close();
  });
});

describe('a bad server harms nobody else', () => {
  const flood = (response: ServerResponse, type: string, piece: string): boolean => {
    response.writeHead(200, { 'content-type': type });
    const more = (): void => {
      while (!response.destroyed && response.write(piece)) {
        // As fast as it is taken.
      }
      if (!response.destroyed) response.once('drain', more);
    };
    response.write(type === 'application/json' ? '{"jsonrpc":"2.0","id":1,"result":{"tools":["' : '');
    more();
    return true;
  };
  const at =
    (method: string, act: (response: ServerResponse, rpc: Rpc) => boolean | void): Trick =>
    (rpc, response) =>
      rpc.method === method && act(response, rpc) !== false;

  test.each<[string, Trick]>([
    ['never answers', at('initialize', () => {})],
    ['never answers what it has', at('tools/list', () => {})],
    ['floods', at('tools/list', (response) => flood(response, 'application/json', 'x'.repeat(100_000)))],
    ['floods with events', at('tools/list', (response) => flood(response, 'text/event-stream', `: ${'x'.repeat(100_000)}\n`))],
    ['floods with one line', at('initialize', (response) => flood(response, 'text/event-stream', 'x'.repeat(100_000)))],
    ['hangs up', at('tools/list', (response) => void response.destroy())],
    ['answers nonsense', at('initialize', (response) => void response.end('<html>'))],
    ['has what are no tools', at('tools/list', (response, rpc) => send(response, rpc, { tools: [{ name: 1 }] }))],
    [
      'has pages without end',
      at('tools/list', (response, rpc) => send(response, rpc, { tools: [tool(`t${Math.random()}`)], nextCursor: 'x' })),
    ],
    [
      'refuses',
      at(
        'initialize',
        (response) => void response.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="http://127.0.0.1/x"' }).end(secret),
      ),
    ],
  ])('one that %s is said to fail', async (_, act) => {
    trick = act;
    const startedAt = performance.now();
    const { status, text } = await ask({ input: 'hi' });
    expect([400, 424], text).toContain(status);
    expect(text).not.toContain(secret);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    trick = () => false;
    expect((await ask({ input: 'hi' }, { key: 'bob' })).status).toBe(200);
  });

  test.each<[string, Trick]>([
    ['never answers', at('tools/call', () => {})],
    ['answers with 100 MB', at('tools/call', (response) => flood(response, 'application/json', 'x'.repeat(100_000)))],
    [
      'answers with a megabyte',
      at('tools/call', (response, rpc) => send(response, rpc, { content: [{ type: 'text', text: 'x'.repeat(1_000_000) }] })),
    ],
    ['answers nonsense', at('tools/call', (response, rpc) => send(response, rpc, { content: 1 }))],
    ['hangs up', at('tools/call', (response) => void response.destroy())],
  ])('a call that %s has failed, and Claude goes on', async (_, act) => {
    trick = act;
    const { status, body } = await ask({ input: 'call d__read' });
    expect(status).toBe(200);
    expect(body.output.map(({ type }) => type)).toEqual(['mcp_list_tools', 'mcp_call', 'message']);
    expect(body.output[1]?.error?.length).toBeLessThan(400);
  });

  test.each<[string, object[]]>([
    ['a thousand tools', Array.from({ length: 1000 }, (_, index) => tool(`t${index}`))],
    ['a schema of a million values', [tool('a', { inputSchema: { type: 'object', enum: Array.from({ length: 30_000 }, () => 1) } })]],
    ['two tools of one name', [tool('a'), tool('a')]],
    ['a name without end', [tool('a'.repeat(100_000))]],
  ])('%s are a fault of the request', async (_, given) => {
    tools = given;
    const { status, text } = await ask({ input: 'hi' });
    expect([400, 424], text).toContain(status);
    expect(text.length).toBeLessThan(1000);
  });

  test('patterns of its own hang nothing', async () => {
    tools = [
      tool('read', { outputSchema: { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } }, required: ['a'] } }),
    ];
    trick = at('tools/call', (response, rpc) => send(response, rpc, { content: [], structuredContent: { a: `${'a'.repeat(40)}!` } }));
    const startedAt = performance.now();
    expect((await ask({ input: 'call d__read' })).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  test('who has left is called nothing more for', async () => {
    let isLeft = (): void => {};
    const left = new Promise<void>((resolve) => (isLeft = resolve));
    trick = at('tools/call', (response) => void response.on('close', isLeft));
    const leaving = new AbortController();
    const body = { model: 'sonnet', stream: true, input: 'call d__read', tools: [serverTool()] };
    const response = await callWithKey(`${open.url}/v1/responses`, keys['alice'], body, { signal: leaving.signal });
    expect(response.status).toBe(200);
    leaving.abort();
    await left;
  });
});

describe('what is a secret stays one', () => {
  test('in replies, in what is kept, and in the log, whatever comes of it', async () => {
    for (const act of [
      () => false,
      (rpc: Rpc, response: ServerResponse) => rpc.method === 'initialize' && !response.writeHead(500).end(secret).closed,
    ])
      for (const stream of [false, true]) {
        trick = act;
        const { text, body } = await ask({ input: 'call d__read d__write', stream });
        expect(text).not.toContain(secret);
        if (body.id === undefined || stream) continue;
        const kept = await callWithKey(`${open.url}/v1/responses/${body.id}`, keys['alice']);
        expect(await kept.text()).not.toContain(secret);
      }
    expect(logged.join('\n')).toContain('call d__read d__write');
    expect(logged.join('\n')).not.toContain(secret);
    expect(JSON.stringify(runner.turns)).not.toContain(secret);
  });
});

describe('leave is for who was asked, and for what', () => {
  const careful = (): object => ({ tools: [serverTool({ require_approval: 'always' })] });
  const allow = (id: string | undefined): object => ({ type: 'mcp_approval_response', approval_request_id: id, approve: true });

  test("another caller can't give it, by whatever it names", async () => {
    const first = await ask({ input: 'call d__write', ...careful() });
    const request = first.body.output.find(({ type }) => type === 'mcp_approval_request');
    const input = [allow(request?.id)];
    for (const body of [
      { previous_response_id: first.body.id, input },
      { input },
      { input: [{ type: 'item_reference', id: request?.id }, ...input] },
    ])
      expect((await ask({ ...body, ...careful() }, { key: 'bob' })).status).toBe(400);
    expect(calls).toEqual([]);
    expect((await ask({ previous_response_id: first.body.id, input, ...careful() })).status).toBe(200);
    expect(calls).toEqual(['write']);
  });

  test('for a call that Claude has not made there is none', async () => {
    const first = await ask({ input: 'call d__write', ...careful() });
    const id = first.body.output.find(({ type }) => type === 'mcp_approval_request')?.id.replace('write', 'read');
    expect((await ask({ previous_response_id: first.body.id, input: [allow(id)], ...careful() })).status).toBe(400);
    expect(calls).toEqual([]);
  });

  test('without it nothing is called, and a tool that is not allowed is not either', async () => {
    await ask({ input: 'call d__read d__write', ...careful() });
    expect(calls).toEqual([]);
    await ask({ input: 'call d__read d__write', tools: [serverTool({ allowed_tools: ['read'] })] });
    expect(calls).toEqual(['read']);
  });

  test('it is not stretched to another tool, or another server', async () => {
    const first = await ask({ input: 'call d__write', ...careful() });
    const input = [allow(first.body.output.find(({ type }) => type === 'mcp_approval_request')?.id)];
    for (const more of [{ allowed_tools: ['read'] }, { server_label: 'other' }]) {
      const { status } = await ask({
        previous_response_id: first.body.id,
        input,
        tools: [serverTool({ require_approval: 'always', ...more })],
      });
      expect(status).toBe(400);
    }
    expect(calls).toEqual([]);
  });
});
