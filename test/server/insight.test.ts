import type { Stats } from '@claude-code-api/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorReply, textReply } from '@claude-code-api/mock-anthropic';
import { readEvents } from '../support/chat/read-events.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

const hi = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function stats(): Promise<Stats> {
  return (await (await fetch(`${server.url}/stats`)).json()) as Stats;
}

describe('after some requests', () => {
  beforeAll(async () => {
    server.mock.reply(textReply('Hello', { usage: { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 7 } }));
    await server.chat(hi);
    server.mock.reply(textReply('Hello', { usage: { input_tokens: 10, output_tokens: 2 } }));
    for await (const event of readEvents(await server.chat({ ...hi, stream: true }))) expect(event.error).toBeUndefined();
    server.mock.reply(errorReply(529, 'overloaded_error', 'Overloaded'));
    await server.chat({ ...hi, model: 'haiku' });
    await server.chat({ ...hi, model: 'nothing' });
    await fetch(`${server.url}/v1/nothing`);
    for (let index = 0; index < 2; index += 1) await server.chat({ ...hi, seed: 1 });
    const leaving = new AbortController();
    server.mock.reply(textReply(['Hello', ' world'], { chunkDelayMs: 5000 }));
    const left = await server.chat({ ...hi, stream: true }, { signal: leaving.signal });
    await left.body?.getReader().read();
    leaving.abort();
    await until(() => server.log.some(({ fields }) => fields['outcome'] === 'left'), 'the end of the one that was left');
  });

  test('/stats tells of each once', async () => {
    const { since_start: all, now, last_minutes: minutes } = await stats();
    expect(all.requests).toMatchObject({
      total: 8,
      failed: 3,
      left: 1,
      by_route: { 'POST /v1/chat/completions': 7, 'GET unknown': 1 },
      by_status: { '200': 5, '503': 1, '404': 2 },
      by_model: { sonnet: 5, haiku: 1 },
    });
    expect(all.tokens).toMatchObject({ input: expect.any(Number), cache_read: 7 });
    expect(all.tokens.input).toBeGreaterThanOrEqual(120);
    expect(all.cost_usd).toBeGreaterThan(0);
    expect(all.cache).toMatchObject({ hit: 1, miss: 1 });
    expect(all.first_token_ms.p50).toBeGreaterThan(0);
    expect(all.duration_ms.p99).toBeGreaterThanOrEqual(all.first_token_ms.p50 ?? 0);
    expect(all.cli.processes_started).toBeGreaterThan(0);
    expect(now.turns).toEqual({ running: 0, queued: 0 });
    expect(now.runner).toMatchObject({ circuit: 'closed', processes: { all: expect.any(Number) } });
    // They may have taken longer than a minute.
    expect(minutes['15'].requests.total).toBe(8);
  });

  test('/metrics tells the same, for Prometheus', async () => {
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    const requests = [...text.matchAll(/^claude_code_api_requests_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    expect(requests).toBe((await stats()).since_start.requests.total);
    expect(text).toMatch(/^claude_code_api_tokens_total\{kind="cache_read".*\} 7$/m);
  });

  test('the log has one line for each request, with its id, and no word of what was said', () => {
    const lines = server.log.filter(({ message, level }) => message === 'request' && level === 'info');
    expect(lines).toHaveLength(8);
    expect(new Set(lines.map(({ fields }) => fields['requestId'])).size).toBe(8);
    expect(lines[0]?.fields).toMatchObject({
      route: '/v1/chat/completions',
      status: 200,
      outcome: 'ok',
      model: 'sonnet',
      usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 7 },
      costUsd: expect.any(Number),
      conversation: expect.any(String),
    });
    expect(JSON.stringify(server.log)).not.toContain('Hello');
    const about = server.log.filter(({ message }) => message !== 'request' && /turn|request/.test(message));
    for (const { fields, message } of about) expect(fields['requestId'], message).toBeDefined();
  });

  test('the dashboard is a page of its own that nothing else runs in', async () => {
    const page = await fetch(`${server.url}/dashboard`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<title>');
  });
});

test('prompts and answers are in the log where that is turned on', async () => {
  const telling = await startTestServer({ settings: { 'log.content': 'true' } });
  try {
    await telling.chat({ ...hi, messages: [{ role: 'user', content: 'a question' }] });
    const line = telling.log.find(({ message }) => message === 'turn');
    expect(line?.fields).toMatchObject({ requestId: expect.any(String), answer: 'Hello world' });
    expect(JSON.stringify(line)).toContain('a question');
  } finally {
    await telling.close();
  }
});
