import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, loadSettings } from '@claude-code-api/node';
import { startMockAnthropic, textReply } from '@claude-code-api/mock-anthropic';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { pathOf } from '../support/docs/doc-pages.ts';
import { createCommandPlace } from '../support/servers/start-command.ts';
import { startTestMachine } from '../support/servers/start-test-machine.ts';
import { startTestServer } from '../support/servers/start-test-server.ts';
import { silentLogger as logger } from '../support/silent-logger.ts';
import { startTelemetry } from '../support/start-telemetry.ts';
import { closeAll, type Closable } from '../support/close-all.ts';

const telemetry = startTelemetry();
afterAll(() => telemetry.close());

const open: Closable[] = [];
beforeEach(() => telemetry.reset());
afterEach(() => closeAll(open));

const hi = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

const post = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('the process of a turn has a span, and what it does has one; through a machine, in the same trace', async () => {
  const direct = await startTestServer({ runner: { minIdle: 0, maxIdle: 0 } });
  open.push(direct);
  // A full name: no process has told the models that could take the first turn.
  const ask = { ...hi, model: 'claude-sonnet-4-5' };
  expect((await post(direct.url, ask)).status).toBe(200);
  direct.mock.reply(textReply(['Again.']));
  const messages = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'again' }];
  expect((await post(direct.url, { ...ask, messages })).status).toBe(200);

  // A machine that has the same CLI at work: in a process of its own it would have an SDK of its own.
  const machine = await startTestMachine({ mockUrl: direct.mock.url, runner: { ...direct.server.runner, close: async () => {} } });
  open.push(machine);
  const flags = { 'claude.runner': 'remote', 'claude.machines': JSON.stringify([machine.url]), 'claude.runner_token': machine.token };
  const gateway = await createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', ...flags } }), {
    environment: {},
    logger,
  });
  open.push(gateway);
  const longer = [...messages, { role: 'assistant', content: 'Again.' }, { role: 'user', content: 'and again' }];
  expect((await post(gateway.url, { ...ask, messages: longer })).status).toBe(200);

  const spans = await telemetry.untilSpans(12);
  const turns = spans.filter(({ name }) => name === `chat ${ask.model}`);
  expect(turns).toHaveLength(3);
  const below = turns.map(({ id }) => spans.filter(({ parentId }) => parentId === id).map(({ name }) => name));
  expect(below).toEqual([
    ['process', 'cli'],
    ['process', 'cli'],
    ['process', 'cli'],
  ]);
  const processes = spans.filter(({ name }) => name === 'process');
  expect(processes.map(({ attributes }) => attributes['claude_code_api.process.origin'])).toEqual(['started', 'kept', 'kept']);
  expect(new Set(processes.map(({ attributes }) => attributes['process.pid'])).size).toBe(1);
  for (const { traceId, parentId } of processes) expect(turns.find(({ id }) => id === parentId)?.traceId).toBe(traceId);
});

interface Sent {
  readonly path: string;
  readonly body: {
    readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[] }[];
  };
}

test('by the program that the page shows, the command sends all to a collector, the last before its end', async () => {
  const sent: Sent[] = [];
  const collector = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) as Sent['body'] });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  open.push({ close: () => collector.close() });
  const mock = await startMockAnthropic();
  open.push(mock);
  const place = createCommandPlace(mock.url);
  open.push({ close: () => place.remove() });
  const { url, child, ended, output } = await place.serve(['--server.port=0', '--claude.runner=api'], {
    environment: {
      NODE_OPTIONS: `--import=file://${pathOf('examples/telemetry/telemetry.js')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_BSP_SCHEDULE_DELAY: '3600000',
    },
  });
  expect((await post(url, hi)).status, output.stderr).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const spans = sent
    .flatMap(({ body }) => body.resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /v1/chat/completions', 'chat sonnet']));
  expect(sent.map(({ path }) => path)).toContain('/v1/metrics');
  expect(JSON.stringify(sent)).toContain('gen_ai.client.token.usage');
});
