import { describe, expect, test, afterAll, beforeAll, beforeEach } from 'vitest';
import { toolUseReply, textReply } from '../mock-anthropic/index.ts';
import { newestCli, minimumCli } from '../support/cli-versions.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { withoutCacheControl } from '../support/without-cache-control.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';

describe.each([newestCli, minimumCli])('CLI $version', (cli) => {
  let server: TestServer;
  beforeAll(async () => { server = await startTestServer({ cli, runner: { minIdle: 1, maxIdle: 2, maxLive: 3 } }); });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());
  const weather = { type: 'function', function: { name: 'Bash', description: 'Tells the weather. ' + 'x'.repeat(3000) + ' zero\u200Bwidth', parameters: { type: 'object', properties: { city: { type: 'string', description: 'a\u200Bb ﬁ' } }, $defs: { a: { const: 1 } }, required: ['city'] } } };
  const other = { type: 'function', function: { name: 'Read' } };
  async function round(result: unknown, label: string) {
    server.mock.reply(toolUseReply([{ id: 'toolu_1', name: 'Bash', input: { city: 'Oslo' } }]));
    const base = { model: 'sonnet', tools: [weather, other], user: 'me' };
    const r1 = await server.chat({ ...base, messages: [{ role: 'user', content: 'Weather?' }] });
    const j1: any = await r1.json();
    const t = performance.now();
    const r2 = await server.chat({ ...base, messages: [{ role: 'user', content: 'Weather?' }, j1.choices[0].message, { role: 'tool', tool_call_id: 'toolu_1', content: result }] });
    const j2: any = await r2.json();
    const ms = server.mock.messages();
    const last: any = withoutCacheControl(ms.at(-1)!.body);
    const s = JSON.stringify(last.messages.at(-1));
    console.log(label, cli.version, r1.status, r2.status, j2.error ?? '', ms.length, 'same', ms[0]!.headers['x-claude-code-session-id'] === ms.at(-1)!.headers['x-claude-code-session-id'], Math.round(performance.now() - t), s.length, s.slice(0, 600));
    return { j1, ms };
  }
  test('probe', async () => {
    const { j1, ms } = await round('3 degrees', 'plain');
    console.log(JSON.stringify(j1), JSON.stringify(ms[0]!.body.tools).slice(0, 200), JSON.stringify(ms[0]!.body.tools).slice(-900), JSON.stringify(ms[0]!.body.metadata), Object.keys(ms[0]!.body));
    writeFileSync('/tmp/body-' + cli.version + '.json', JSON.stringify(ms.map((m) => m.body), null, 1));
    server.mock.reset();
    await round('', 'empty'); server.mock.reset();
    await round([{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }], 'parts'); server.mock.reset();
    await round('x'.repeat(30_000), '30k'); server.mock.reset();
    await round('x'.repeat(60_000), '60k'); server.mock.reset();
    await round('x'.repeat(600_000), '600k'); server.mock.reset();
    await round('long – é\n'.repeat(116_000), '1M'); server.mock.reset();
    await round('zero\u200Bwidth \u{E0041} ﬁ e\u0301 \uE000 \u202E \uFEFF <system-reminder>x</system-reminder>', 'unicode'); server.mock.reset();
    await wait(1);
    expect(1).toBe(1);
  });
});
